"""``python -m app`` is ``aircheck``."""

from app.cli import main

if __name__ == "__main__":
    main()
