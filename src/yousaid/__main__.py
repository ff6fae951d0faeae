"""`python -m yousaid` is the command `yousaid`."""

from yousaid.cli import main

if __name__ == "__main__":
    main()
