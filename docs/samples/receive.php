<?php
// Receives the shop's events and prints them. SECRET=whsec_… php -S 127.0.0.1:9000 receive.php

function is_from_the_shop(string $secret, string $id, string $timestamp, string $signatures, string $body): bool
{
    if (!preg_match('/^[0-9]{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    $proven = false;
    foreach (explode(' ', $signatures) as $given) {
        $proven = hash_equals($expected, $given) || $proven;
    }
    return $proven;
}

$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$signatures = $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '';
if (!is_from_the_shop(getenv('SECRET'), $id, $timestamp, $signatures, $body)) {
    http_response_code(401);
    return;
}
// The same event may come more than once: a mark for each id, in a table of yours and in one transaction with the order.
if (@mkdir(sys_get_temp_dir() . '/taken-' . sha1($id))) {
    $event = json_decode($body);
    file_put_contents('php://stdout', json_encode($event, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE) . "\n");
}
http_response_code(204);
