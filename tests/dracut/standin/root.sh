#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# root - hook: there is no root file system, and nobody is to wait for one

# shellcheck disable=SC2034 # dracut reads them
root=standin rootok=1
