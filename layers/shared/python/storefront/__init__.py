"""The storefront: everything the functions share."""
