"""`python -m scripts <command>`."""

import signal

if __name__ == "__main__":
    # Until the commands can say what a stop means, Ctrl-C ends the process without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scripts.commands import main

    main()
