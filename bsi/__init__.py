"""Border-safety register and its notebooks."""
