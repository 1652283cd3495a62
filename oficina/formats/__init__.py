"""How values are written where Django writes them: the argentine formats (`FORMAT_MODULE_PATH`)."""
