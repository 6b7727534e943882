<?php
// Sends one event. URL=https://…/hooks/wms SECRET=whsec_… php send.php event.json

function signature(string $secret, string $id, string $timestamp, string $body): string
{
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    return 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
}

$body = file_get_contents($argv[1]); // what is signed is what is sent: these very bytes
$id = json_decode($body, true)['id'];
$timestamp = (string) time();
$answer = file_get_contents(getenv('URL'), false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [
        'content-type: application/cloudevents+json',
        "webhook-id: $id",
        "webhook-timestamp: $timestamp",
        'webhook-signature: ' . signature(getenv('SECRET'), $id, $timestamp, $body),
    ],
    'content' => $body,
    'timeout' => 30,
    'ignore_errors' => true,
]]));
if ($answer === false) {
    exit(1);
}
echo $answer, ' ', explode(' ', $http_response_header[0])[1], "\n";
