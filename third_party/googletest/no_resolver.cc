// SPDX-License-Identifier: Apache-2.0
// GoogleTest can send its results over the network, and so asks for a name resolver, which a static
// program cannot have: the linker warns in every static test. Here nothing resolves.
#include <netdb.h>

extern "C" {

int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) { return EAI_FAIL; }

void freeaddrinfo(addrinfo*) {}

const char* gai_strerror(int) { return "a static test has no name resolver"; }

}  // extern "C"
