"""What mail servers report of bills' mails that came back. See `docs/integrators.md`."""
