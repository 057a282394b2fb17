"""The commands of `portal`: a file each, loaded only when it is the one asked for."""
