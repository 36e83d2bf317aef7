"""How an exchange was carried: phases, TLS, headers, the request as sent, raw bytes."""
