# Debian 12 packages. Installed by conf/packages.sh, and only when missing.
BUILD_PACKAGES = gcc libc6-dev make protobuf-c-compiler libprotobuf-c-dev libzmq3-dev \
	libczmq-dev liblmdb-dev libsodium-dev nettle-dev libevent-dev libconfuse-dev \
	libjansson-dev libsmartcols-dev libqrencode-dev libhpdf-dev libexpat1-dev \
	libseccomp-dev gettext procps
CHECK_PACKAGES = libcmocka-dev clang shellcheck systemd curl mandoc binutils \
	openssl poppler-utils zbar-tools librsvg2-bin golang-go golang-golang-x-mod-dev
BENCH_PACKAGES = postgresql libpq-dev libsqlite3-dev libssl-dev iproute2 procps
