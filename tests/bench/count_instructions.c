/* SPDX-License-Identifier: MIT */
/*
 * A plugin for QEMU's TCG that counts instructions between markers and at the end, on stderr:
 *
 *     qemu-system-x86_64 -accel tcg -plugin file=count_instructions.so ...
 *
 * A marker is a no-operation, harmless without the plugin: 0f 1f 80 'M' 'K' 'R' id, with a prefix
 * 67 in 16-bit code. A repeated string instruction counts once for each repetition.
 *
 * Debian does not package QEMU's plugin header; what is used of it is declared here (QEMU 7.2,
 * include/qemu/qemu-plugin.h, version 1).
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
enum { QEMU_PLUGIN_INLINE_ADD_U64 };
enum { QEMU_PLUGIN_CB_NO_REGS };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t,
                                                            struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
                                            void (*callback)(unsigned, void *), int flags,
                                            void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int operation,
                                                void *pointer, uint64_t immediate);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, void *),
                                    void *data);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv);

static const uint8_t marker[6] = {0x0f, 0x1f, 0x80, 'M', 'K', 'R'};
enum { MARKER_SIZE = 7 };

static uint64_t executed, at_last_marker;

static void meet_marker(unsigned cpu, void *data)
{
    (void)cpu;
    fprintf(stderr, "marker %c: %" PRIu64 " instructions, %" PRIu64 " since the last one\n",
            (int)(intptr_t)data, executed, executed - at_last_marker);
    at_last_marker = executed;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint8_t *bytes = qemu_plugin_insn_data(insn);
        size_t size = qemu_plugin_insn_size(insn);

        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
        if (size >= MARKER_SIZE && memcmp(bytes + size - MARKER_SIZE, marker, sizeof(marker)) == 0)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, meet_marker, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(intptr_t)bytes[size - 1]);
    }
}

static void report_total(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    fprintf(stderr, "end: %" PRIu64 " instructions\n", executed);
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, report_total, NULL);
    return 0;
}
