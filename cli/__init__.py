"""The `cmd-keras` command. Installed as `cmd_keras_cli`."""
