"""The local run: the whole product on one port of this machine, without Docker and without an account."""
