"""The portal where the people of a municipality submit signals, proposals and questions and get an answer."""
