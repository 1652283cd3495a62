"""The office's pages about adhesions."""

from adhesions.admin import digital

__all__ = ["digital"]
