/* SPDX-License-Identifier: MIT */
/* Files over the network: which source, which server, which packets; tftp_test.c has the protocol.
 */
#include "fake_uefi.h"
#include "support.h"

#include <string.h>

#include "firmware/boot_device.h"
#include "firmware/volume.h"
#include "network/tftp.h"

enum { SIADDR = 20, FILE_NAME = 108, CHECKS_PER_SECOND = 2 };

/* A network card, and a TFTP server without options that has one file. */
static struct card {
    EFI_PXE_BASE_CODE pxe;
    EFI_PXE_BASE_CODE_MODE mode;
    EFI_FILE_IO_INTERFACE volume;
    const char *name; /* of the file, as the server is to be asked */
    const char *text;
    uint8_t answer[TFTP_PACKET_SIZE];
    size_t length; /* of the answer; 0: none */
    EFI_STATUS read_status, write_status, event_status;
    uint16_t port; /* of the client's last request */
    bool is_asked_again;
    unsigned requests;
} card, other_card;

static struct timer {
    uint64_t time; /* of 100 ns, since the start of the test */
    uint64_t end;
    bool is_open;
} timer;

static EFI_LOADED_IMAGE loaded_image;
static struct reader *reader;
static struct error error;
static const uint8_t server_address[] = {10, 1, 2, 3}, station_address[] = {10, 1, 2, 99};

static void answer(struct card *to, const void *bytes, size_t length)
{
    memcpy(to->answer, bytes, length);
    to->length = length;
}

static EFI_STATUS EFIAPI udp_write(EFI_PXE_BASE_CODE *pxe, UINT16 flags, EFI_IP_ADDRESS *to,
                                   UINT16 *to_port, EFI_IP_ADDRESS *gateway, EFI_IP_ADDRESS *from,
                                   UINT16 *from_port, UINTN *header_size, void *header, UINTN *size,
                                   void *packet)
{
    struct card *sender = (struct card *)pxe;
    uint8_t block[TFTP_PACKET_SIZE] = {0, 3, 0, 1};

    assert_int_equal(flags, 0);
    assert_memory_equal(to, server_address, sizeof(server_address));
    assert_null(gateway);
    assert_null(from);
    assert_null(header_size);
    assert_null(header);
    if (sender->write_status != EFI_SUCCESS)
        return sender->write_status;
    if (*to_port != TFTP_PORT) { /* the acknowledgement of the one block */
        assert_int_equal(*to_port, 2000);
        assert_int_equal(*size, 4);
        return EFI_SUCCESS;
    }
    assert_true(*from_port >= 49152);
    if (sender->is_asked_again)
        assert_int_equal(*from_port, sender->port);
    else
        assert_int_not_equal(*from_port, sender->port); /* each file has its own */
    sender->is_asked_again = true;
    sender->port = *from_port;
    sender->requests++;
    if (strcmp((const char *)packet + 2, sender->name) != 0) {
        answer(sender, "\0\5\0\1no", 7);
        return EFI_SUCCESS;
    }
    memcpy(block + 4, sender->text, strlen(sender->text));
    answer(sender, block, 4 + strlen(sender->text));
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI udp_read(EFI_PXE_BASE_CODE *pxe, UINT16 flags, EFI_IP_ADDRESS *to,
                                  UINT16 *to_port, EFI_IP_ADDRESS *from, UINT16 *from_port,
                                  UINTN *header_size, void *header, UINTN *size, void *packet)
{
    struct card *receiver = (struct card *)pxe;

    assert_int_equal(flags, EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT);
    assert_memory_equal(to, station_address, sizeof(station_address));
    assert_int_equal(*to_port, receiver->port);
    assert_memory_equal(from, server_address, sizeof(server_address));
    assert_null(header_size);
    assert_null(header);
    assert_int_equal(*size, TFTP_PACKET_SIZE);
    memset(to, 0xee, sizeof(*to)); /* they are the firmware's to change */
    memset(from, 0xee, sizeof(*from));
    if (receiver->read_status != EFI_SUCCESS)
        return receiver->read_status;
    if (receiver->length == 0)
        return EFI_TIMEOUT;
    *from_port = 2000;
    *size = receiver->length;
    memcpy(packet, receiver->answer, receiver->length);
    receiver->length = 0;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                      void *context, EFI_EVENT *out)
{
    assert_int_equal(type, EVT_TIMER);
    assert_int_equal(level, 0);
    assert_true(notify == NULL);
    assert_null(context);
    assert_false(timer.is_open);
    if (card.event_status != EFI_SUCCESS)
        return card.event_status;
    timer.is_open = true;
    *out = &timer;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_timer(EFI_EVENT event, EFI_TIMER_DELAY type, UINT64 time)
{
    assert_ptr_equal(event, &timer);
    assert_int_equal(type, TimerRelative);
    timer.end = timer.time + time;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI check_event(EFI_EVENT event)
{
    assert_ptr_equal(event, &timer);
    timer.time += 10 * 1000 * 1000 / CHECKS_PER_SECOND;
    return timer.time < timer.end ? EFI_NOT_READY : EFI_SUCCESS;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
    assert_ptr_equal(event, &timer);
    timer.is_open = false;
    return EFI_SUCCESS;
}

static void set_reply(EFI_PXE_BASE_CODE_PACKET *reply, BOOLEAN *is_there, const char *file)
{
    memcpy(reply->Raw + SIADDR, server_address, sizeof(server_address));
    strcpy((char *)reply->Raw + FILE_NAME, file);
    *is_there = TRUE;
}

static void plug_in(struct card *to)
{
    *to = (struct card){
        .pxe = {.UdpRead = udp_read, .UdpWrite = udp_write, .Mode = &to->mode},
        .mode = {.Started = TRUE},
    };
    memcpy(&to->mode.StationIp, station_address, sizeof(station_address));
    fake_add_protocol(to, (EFI_GUID)EFI_PXE_BASE_CODE_PROTOCOL_GUID, &to->pxe);
    /* Of which no function may be called. */
    fake_add_protocol(to, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID, &to->volume);
}

/* Two cards that have been started; the application was loaded through the second. */
static int start(void **state)
{
    fake_start(state);
    fake.boot.CreateEvent = create_event;
    fake.boot.SetTimer = set_timer;
    fake.boot.CheckEvent = check_event;
    fake.boot.CloseEvent = close_event;
    timer = (struct timer){0};
    plug_in(&other_card);
    set_reply(&other_card.mode.DhcpAck, &other_card.mode.DhcpAckReceived, "wrong/BOOTX64.EFI");
    plug_in(&card);
    set_reply(&card.mode.DhcpAck, &card.mode.DhcpAckReceived, "dir/EFI/BOOT/BOOTX64.EFI");
    card.name = "dir/bowline/boot.conf";
    card.text = "kernel /kernel.elf";
    loaded_image = (EFI_LOADED_IMAGE){.DeviceHandle = &card};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded_image);
    memset(&error, 0, sizeof(error));
    return 0;
}

static int end(void **state)
{
    assert_false(timer.is_open);
    assert_int_equal(other_card.requests, 0);
    return fake_end(state);
}

static void expect_file(void)
{
    char bytes[100] = "";

    card.is_asked_again = false;
    assert_true(firmware_open_file("/bowline/boot.conf", &reader, &error));
    assert_int_equal(reader->size, strlen(card.text));
    assert_true(reader_read(reader, 0, reader->size, bytes, &error));
    assert_string_equal(bytes, card.text);
    if (reader->size > 7) { /* again, and in any order */
        assert_true(reader_read(reader, 7, 5, bytes, &error));
        assert_memory_equal(bytes, card.text + 7, 5);
    }
    assert_false(reader_read(reader, 1, reader->size, bytes, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
    reader_close(reader);
}

static void expect_failure(enum error_code code, const char *object)
{
    memset(&error, 0, sizeof(error));
    card.is_asked_again = false;
    reader = NULL;
    assert_false(firmware_open_file("/bowline/boot.conf", &reader, &error));
    assert_error(&error, code);
    assert_string_equal(error.object, object);
    assert_null(reader);
}

#define URL "tftp://10.1.2.3/dir/bowline/boot.conf"

static void reads_through_the_card_it_was_loaded_through(void **state)
{
    (void)state;
    expect_file();
    assert_int_equal(card.requests, 1);
    expect_file();
    card.text = "";
    expect_file();
}

/* The boot server's reply before the ProxyDHCP server's, and that before the DHCP server's. */
static void believes_the_nearest_server(void **state)
{
    (void)state;
    set_reply(&card.mode.ProxyOffer, &card.mode.ProxyOfferReceived, "/proxy/BOOTX64.EFI");
    card.name = "/proxy/bowline/boot.conf";
    expect_file();
    set_reply(&card.mode.PxeReply, &card.mode.PxeReplyReceived, "BOOTX64.EFI");
    card.name = "bowline/boot.conf";
    expect_file();
    card.mode.PxeReply.Raw[FILE_NAME] = '\0'; /* a boot server that names no file */
    card.name = "/proxy/bowline/boot.conf";
    expect_file();
    card.mode.ProxyOfferReceived = FALSE; /* what is left there is of an earlier boot */
    card.name = "dir/bowline/boot.conf";
    expect_file();
}

static void says_when_nobody_names_a_server(void **state)
{
    (void)state;
    card.mode.UsingIpv6 = TRUE;
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
    card.mode.UsingIpv6 = FALSE;
    card.mode.DhcpAckReceived = FALSE;
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
}

/* A card that has both protocols and was not booted from, and one without any. */
static void needs_a_card_that_was_started(void **state)
{
    (void)state;
    card.mode.Started = FALSE;
    card.volume.OpenVolume = NULL;
    fake.protocol_count -= 2; /* the file system's and the loaded image */
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded_image);
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    card.mode.Started = TRUE;
    card.pxe.Mode = NULL;
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    assert_int_equal(card.requests, 0);
}

static void says_what_fails(void **state)
{
    (void)state;
    card.name = "another";
    expect_failure(ERROR_FILE_NOT_FOUND, URL);
    card.write_status = EFI_NO_MAPPING;
    expect_failure(ERROR_FIRMWARE, URL);
    assert_string_equal(error.detail, "UdpWrite()");
    assert_int_equal(error.numbers[0], EFI_NO_MAPPING);
    card.write_status = EFI_SUCCESS;
    card.event_status = EFI_OUT_OF_RESOURCES;
    expect_failure(ERROR_FIRMWARE, "/bowline/boot.conf");
    card.event_status = EFI_SUCCESS;
    card.name = "dir/bowline/boot.conf";
    for (fake.fail_allocation = 1; fake.fail_allocation <= 2; fake.fail_allocation++) {
        fake.allocations = 0;
        expect_failure(ERROR_OUT_OF_MEMORY, fake.fail_allocation == 1 ? "/bowline/boot.conf" : URL);
    }
    fake.fail_allocation = 0;
    expect_file();
}

/* Whatever the firmware says instead of a packet, and however long it takes to say so. */
static void waits_for_the_server(void **state)
{
    static const EFI_STATUS statuses[] = {EFI_TIMEOUT, EFI_BUFFER_TOO_SMALL, EFI_ICMP_ERROR};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        card.read_status = statuses[i];
        timer.time = 0;
        card.requests = 0;
        expect_failure(ERROR_TFTP_NO_ANSWER, URL);
        assert_int_equal(timer.time, 15 * 10 * 1000 * 1000);
        assert_int_equal(card.requests, 5);
    }
    card.read_status = EFI_SUCCESS;
    expect_file();
}

static void tells_the_server(void **state)
{
    struct bowline_boot_device found, expected = {.server_ip4 = 0x0302010a};

    (void)state;
    memset(&found, 0xee, sizeof(found));
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &expected, sizeof(found));
    card.mode.Started = FALSE;
    expected.server_ip4 = 0;
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &expected, sizeof(found));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_through_the_card_it_was_loaded_through),
        TEST(believes_the_nearest_server),
        TEST(says_when_nobody_names_a_server),
        TEST(needs_a_card_that_was_started),
        TEST(says_what_fails),
        TEST(waits_for_the_server),
        TEST(tells_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
