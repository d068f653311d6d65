"""What tests stand on: people, a browser, servers, and the reset between them."""
