/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef SCXX_BPF_TESTING_COUNTER_H_
#define SCXX_BPF_TESTING_COUNTER_H_

/* What both sides of the example share. */
struct counter {
  unsigned long long switches;
  unsigned int last_cpu;
};

#endif /* SCXX_BPF_TESTING_COUNTER_H_ */
