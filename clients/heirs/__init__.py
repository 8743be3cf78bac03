"""What relatives and heirs of somebody who died ask, and what they are answered."""
