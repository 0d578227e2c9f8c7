/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * idle.h: which CPUs are idle, as the agent sees it, and how an idle CPU finds work it just missed.
 *
 * The mask is our own copy of the kernel's transitions (ops.update_idle with SCX_OPS_KEEP_BUILTIN_IDLE), because the kernel's mask
 * also loses a bit when anyone claims a CPU. Proof that no CPU sleeps beside work it may do:
 *
 *   whoever makes work available          the CPU that goes idle
 *   W1 publish it (record, event, DSQ)    I1 set its bit (full barrier)
 *   W2 full barrier                       I2 look for work; if there is some, kick itself
 *   W3 read the mask, kick an idle CPU
 *
 * Either W3 sees the bit of I1, and the kick makes that CPU go through ops.dispatch once more, or I2 sees the work of W1. The
 * kick is delivered once the CPU has finished switching to its idle task, so it is never lost.
 */
#ifndef SCXX_BPF_IDLE_H_
#define SCXX_BPF_IDLE_H_

#include "bpf/port.h"
#include "bpf/tasks.h"

static __always_inline bool cpu_is_idle(struct scxx_global *global, scxx_u32 cpu)
{
	scxx_u32 word = cpu / 64;

	return word < SCXX_MASK_WORDS && sx_read(&global->idle_mask[word]) >> (cpu & 63) & 1;
}

static __always_inline int lowest_bit(scxx_u64 word)
{
	int bit = 0;

	if (!(word & 0xffffffffull)) { word >>= 32; bit += 32; }
	if (!(word & 0xffffull)) { word >>= 16; bit += 16; }
	if (!(word & 0xffull)) { word >>= 8; bit += 8; }
	if (!(word & 0xfull)) { word >>= 4; bit += 4; }
	if (!(word & 0x3ull)) { word >>= 2; bit += 2; }
	return bit + !(word & 1);
}

/* An idle CPU other than `not_this`, or -1. */
static __always_inline int find_idle(struct scxx_global *global, scxx_u32 not_this)
{
	scxx_u32 i = 0;

	kx_for(i, (cfg.nr_cpus + 63) / 64) {
		scxx_u64 word = i < SCXX_MASK_WORDS ? sx_read(&global->idle_mask[i]) : 0;

		if (i == not_this / 64)
			word &= ~(1ull << (not_this & 63));
		if (word)
			return i * 64 + lowest_bit(word);
	}
	return -1;
}

static __always_inline void kick_idle(struct scxx_cpu *here, scxx_u32 cpu)
{
	count_here(here, SCXX_CNT_KICK_IDLE);
	kx_kick(cpu, SCX_KICK_IDLE);
}

/* Makes some idle CPU look for work; none idle: the next ops.dispatch anywhere will. */
static __always_inline void kick_any_idle(struct scxx_global *global, struct scxx_cpu *here, scxx_u32 not_this)
{
	int cpu = find_idle(global, not_this);

	if (cpu >= 0)
		kick_idle(here, cpu);
}

/* An idle CPU that p may use, for work that only p's CPUs can take. */
static __always_inline void kick_idle_for(struct task_struct *p, struct scxx_global *global, struct scxx_cpu *here)
{
	scxx_u32 cpu = kx_task_cpu(p);
	scxx_u32 i = 0;

	if (cpu_is_idle(global, cpu) && kx_allowed(p, cpu)) {
		kick_idle(here, cpu);
		return;
	}
	kx_for(i, cfg.nr_cpus) {
		if (cpu_is_idle(global, i) && kx_allowed(p, i)) {
			kick_idle(here, i);
			return;
		}
	}
}

#endif /* SCXX_BPF_IDLE_H_ */
