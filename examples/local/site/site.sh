#!/bin/sh
# Skiff's own example service: it answers with its VERSION, on the PORT that it is given.
# Only this script is in the release; the program that it becomes is the one on the PATH of the machine.
exec skiff demo
