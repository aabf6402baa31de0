"""Where data come from: a module with one `load` for each source, all listed in `known`."""
