// SPDX-License-Identifier: Apache-2.0
//
// GoogleTest can send its results over the network, and so asks for a name resolver, which a static
// program cannot have: the linker warns in every test. The guest has no network; here nothing
// resolves.
#include <netdb.h>

extern "C" {

int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) { return EAI_FAIL; }

void freeaddrinfo(addrinfo*) {}

const char* gai_strerror(int) { return "the guest has no network"; }

}  // extern "C"
