"""The counter's till: what is paid there, and its receipts."""
