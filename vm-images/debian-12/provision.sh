#!/bin/sh
# Runs as root inside of the new system, as its last step, without a network.
set -eu

# The plain user that everything in a machine runs as.
useradd --uid 1000 --user-group --no-create-home --home-dir /work --shell /bin/sh builder

# The work disk is mounted here; its mode becomes that of the mount.
install -d -m 1777 /work

# FRR's unit tests and packages look for these.
groupadd --system frrvty
useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin frr

# A machine has no network: nothing of apt is of use, and no mirror's name stays behind.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/99mmdebstrap \
    /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt
