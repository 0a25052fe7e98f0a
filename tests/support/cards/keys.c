/* A reader with keys of its own (PC/SC part 10), for the tests: all else is vpcd's driver. Who types is told on the
 * socket named by TEREZE_TEST_KEYS: one line says what is wanted, and the answer is a line:
 *
 *   pin DIGITS                typed, and the green key
 *   pins OLD NEW AGAIN        the same, where the PIN is to be changed
 *   key                       one key was pressed: the reader counts anew
 *   cancel                    the red key
 *   broken                    the driver fails
 *
 * A second of the reader takes TEREZE_TEST_SECOND milliseconds. It reads the structures as the specification says, and
 * refuses what it could not follow (6B80). */
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

#define DRIVER "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
#define VERIFY_CODE SCARD_CTL_CODE(3402)
#define MODIFY_CODE SCARD_CTL_CODE(3403)
#define PROPERTIES_CODE SCARD_CTL_CODE(3404)

static void *of_vpcd(const char *name)
{
	static void *driver;
	if (!driver)
		driver = dlopen(DRIVER, RTLD_NOW | RTLD_LOCAL);
	void *found = driver ? dlsym(driver, name) : NULL;
	if (!found) {
		fprintf(stderr, "keys: %s of %s: %s\n", name, DRIVER, dlerror());
		abort();
	}
	return found;
}

#define PASS(name, types, values)                                                                                     \
	RESPONSECODE name types                                                                                        \
	{                                                                                                              \
		RESPONSECODE(*there) types = of_vpcd(#name);                                                           \
		return there values;                                                                                   \
	}
PASS(IFDHCreateChannelByName, (DWORD lun, LPSTR device), (lun, device))
PASS(IFDHCreateChannel, (DWORD lun, DWORD channel), (lun, channel))
PASS(IFDHCloseChannel, (DWORD lun), (lun))
PASS(IFDHGetCapabilities, (DWORD lun, DWORD tag, PDWORD length, PUCHAR value), (lun, tag, length, value))
PASS(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD length, PUCHAR value), (lun, tag, length, value))
PASS(IFDHSetProtocolParameters, (DWORD lun, DWORD protocol, UCHAR flags, UCHAR a, UCHAR b, UCHAR c),
	(lun, protocol, flags, a, b, c))
PASS(IFDHPowerICC, (DWORD lun, DWORD action, PUCHAR atr, PDWORD length), (lun, action, atr, length))
PASS(IFDHTransmitToICC,
	(DWORD lun, SCARD_IO_HEADER pci, PUCHAR tx, DWORD tx_length, PUCHAR rx, PDWORD rx_length, PSCARD_IO_HEADER answer),
	(lun, pci, tx, tx_length, rx, rx_length, answer))
PASS(IFDHICCPresence, (DWORD lun), (lun))

static RESPONSECODE word(PUCHAR rx, LPDWORD length, unsigned status)
{
	rx[0] = status >> 8;
	rx[1] = status & 0xFF;
	*length = 2;
	return IFD_SUCCESS;
}

static long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What was typed, as words; 0 or the reader's own status word, or -1 where the reader itself fails. */
static int typed(DWORD lun, const char *wanted, int first, int further, char *line, size_t room)
{
	const char *second = getenv("TEREZE_TEST_SECOND");
	int unit = second ? atoi(second) : 1000;
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	strncpy(to.sun_path, getenv("TEREZE_TEST_KEYS"), sizeof to.sun_path - 1);
	int who = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(who, (struct sockaddr *)&to, sizeof to) || write(who, wanted, strlen(wanted)) < 0) {
		close(who);
		return -1;
	}
	long end = now() + (long)(first ? first : 30) * unit;
	size_t have = 0;
	int result = 0x6400;
	while (now() < end) {
		struct pollfd readable = {.fd = who, .events = POLLIN};
		if (poll(&readable, 1, 50) > 0) {
			ssize_t more = read(who, line + have, room - 1 - have);
			if (more <= 0) {
				result = -1;
				break;
			}
			have += more;
			line[have] = 0;
			char *ended = strchr(line, '\n');
			if (!ended)
				continue;
			*ended = 0;
			if (!strcmp(line, "key")) {
				end = now() + (long)(further ? further : 30) * unit;
				have = 0;
				continue;
			}
			result = !strcmp(line, "cancel") ? 0x6401 : !strcmp(line, "broken") ? -1 : 0;
			break;
		}
		if (IFDHICCPresence(lun) == IFD_ICC_NOT_PRESENT) {
			result = -1;
			break;
		}
	}
	close(who);
	return result;
}

/* ASCII digits, from the left, at that place of the data, in bytes: all that these tests' cards want. */
static int understood(unsigned format, unsigned block, unsigned length_format, unsigned condition)
{
	return (format & 0x87) == 0x82 && !(block & 0xF0) && !length_format && condition == 0x02;
}

static int put(unsigned char *apdu, DWORD *length, unsigned at, unsigned block, const char *pin)
{
	size_t digits = strlen(pin);
	if (block) {
		if (digits > block || 5 + at + block > *length)
			return 0;
		memcpy(apdu + 5 + at, pin, digits);
		return 1;
	}
	memcpy(apdu + *length, pin, digits);
	*length += digits;
	apdu[4] += digits;
	return 1;
}

static RESPONSECODE pass(DWORD lun, unsigned char *apdu, DWORD length, PUCHAR rx, DWORD room, LPDWORD got)
{
	SCARD_IO_HEADER pci = {.Protocol = 1, .Length = sizeof pci}, answer = pci;
	*got = room;
	RESPONSECODE sent = IFDHTransmitToICC(lun, pci, apdu, length, rx, got, &answer);
	explicit_bzero(apdu, 300);
	return sent == IFD_SUCCESS && *got < 2 ? IFD_COMMUNICATION_ERROR : sent;
}

static int short_or_long(const char *pin, unsigned extra)
{
	return strlen(pin) < extra >> 8 || strlen(pin) > (extra & 0xFF);
}

static RESPONSECODE verify(DWORD lun, PUCHAR tx, DWORD length, PUCHAR rx, DWORD room, LPDWORD got)
{
	PIN_VERIFY_STRUCTURE told;
	unsigned char apdu[300];
	char wanted[128], line[128] = "", pin[64];
	if (length < sizeof told)
		return word(rx, got, 0x6B80);
	memcpy(&told, tx, sizeof told);
	DWORD have = told.ulDataLength;
	if (length != sizeof told + have || have < 5 || have > 200 || tx[sizeof told + 4] + 5u != have
		|| !understood(told.bmFormatString, told.bmPINBlockString, told.bmPINLengthFormat,
			told.bEntryValidationCondition))
		return word(rx, got, 0x6B80);
	memcpy(apdu, tx + sizeof told, have);
	unsigned extra = told.wPINMaxExtraDigit;
	snprintf(wanted, sizeof wanted, "verify %u %u digits %u-%u language %04x\n", told.bTimerOut, told.bTimerOut2,
		extra >> 8, extra & 0xFF, told.wLangId);
	int status = typed(lun, wanted, told.bTimerOut, told.bTimerOut2, line, sizeof line);
	if (status)
		return status < 0 ? IFD_COMMUNICATION_ERROR : word(rx, got, status);
	if (sscanf(line, "pin %63s", pin) != 1 || short_or_long(pin, extra))
		return word(rx, got, 0x6403);
	if (!put(apdu, &have, (told.bmFormatString >> 3) & 0x0F, told.bmPINBlockString & 0x0F, pin))
		return word(rx, got, 0x6B80);
	return pass(lun, apdu, have, rx, room, got);
}

static RESPONSECODE modify(DWORD lun, PUCHAR tx, DWORD length, PUCHAR rx, DWORD room, LPDWORD got)
{
	PIN_MODIFY_STRUCTURE told;
	unsigned char apdu[300];
	char wanted[128], line[192] = "", old[64], new[64], again[64];
	if (length < sizeof told)
		return word(rx, got, 0x6B80);
	memcpy(&told, tx, sizeof told);
	DWORD have = told.ulDataLength;
	if (length != sizeof told + have || have < 5 || have > 200 || tx[sizeof told + 4] + 5u != have
		|| told.bConfirmPIN != 0x03
		|| !understood(told.bmFormatString, told.bmPINBlockString, told.bmPINLengthFormat,
			told.bEntryValidationCondition))
		return word(rx, got, 0x6B80);
	memcpy(apdu, tx + sizeof told, have);
	unsigned extra = told.wPINMaxExtraDigit;
	snprintf(wanted, sizeof wanted, "modify %u %u digits %u-%u language %04x\n", told.bTimerOut, told.bTimerOut2,
		extra >> 8, extra & 0xFF, told.wLangId);
	int status = typed(lun, wanted, told.bTimerOut, told.bTimerOut2, line, sizeof line);
	if (status)
		return status < 0 ? IFD_COMMUNICATION_ERROR : word(rx, got, status);
	if (sscanf(line, "pins %63s %63s %63s", old, new, again) != 3 || short_or_long(old, extra)
		|| short_or_long(new, extra))
		return word(rx, got, 0x6403);
	if (strcmp(new, again))
		return word(rx, got, 0x6402);
	unsigned block = told.bmPINBlockString & 0x0F;
	if (!put(apdu, &have, told.bInsertionOffsetOld, block, old) || !put(apdu, &have, told.bInsertionOffsetNew, block, new))
		return word(rx, got, 0x6B80);
	return pass(lun, apdu, have, rx, room, got);
}

static void feature(PUCHAR *at, unsigned char tag, DWORD code)
{
	unsigned char value[] = {tag, 4, code >> 24, code >> 16, code >> 8, code};
	memcpy(*at, value, sizeof value);
	*at += sizeof value;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD length, PUCHAR rx, DWORD room, LPDWORD got)
{
	*got = 0;
	if (room < 18)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	if (code == CM_IOCTL_GET_FEATURE_REQUEST) {
		PUCHAR at = rx;
		feature(&at, FEATURE_GET_TLV_PROPERTIES, PROPERTIES_CODE);
		feature(&at, FEATURE_VERIFY_PIN_DIRECT, VERIFY_CODE);
		feature(&at, FEATURE_MODIFY_PIN_DIRECT, MODIFY_CODE);
		*got = at - rx;
		return IFD_SUCCESS;
	}
	if (code == VERIFY_CODE)
		return verify(lun, tx, length, rx, room, got);
	if (code == MODIFY_CODE)
		return modify(lun, tx, length, rx, room, got);
	return IFD_ERROR_NOT_SUPPORTED;
}
