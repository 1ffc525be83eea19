# The warnings that every C file of the project is compiled with, on gcc and clang alike.
set(BOWLINE_WARNINGS
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
  -Wpointer-arith -Wwrite-strings -Wimplicit-fallthrough)
