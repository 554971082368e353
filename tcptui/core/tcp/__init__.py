"""The TCP of one host: `stack` is what others call, one module for each part of RFC 9293 stands beside it."""
