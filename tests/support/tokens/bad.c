/* A PKCS#11 module that goes wrong as it is told, for the tests: all else is SoftHSM's. BAD_MODULE names a file that
 * holds what to do, read anew with each call:
 *
 *   hang-look     C_GetSlotList never returns
 *   crash-look    C_GetSlotList crashes
 *   hang-sign     C_Sign never returns
 *   crash-sign    C_Sign crashes
 *   exit-sign     C_Sign ends the process, as a library should not
 *   gone-sign     the token is pulled while it signs
 *   wrong-sign    the signature is another's
 *   chatty        prints whatever it is told, on both streams
 *   gost          signs GOST R 34.10-2012 with the key in GOST_KEY, by OpenSSL's engine; `gost-turned` writes r and s
 *                 the other way round
 *
 * A call into which it hangs or falls leaves its name in BAD_MODULE.was. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL "/usr/lib/softhsm/libsofthsm2.so"
typedef unsigned long word;
struct mechanism {
	word number;
	void *parameter;
	word length;
};
/* CK_FUNCTION_LIST: a version, then the functions in the standard's order. */
struct list {
	unsigned char version[2];
	void *of[68];
};
enum { GET_FUNCTION_LIST = 3, GET_SLOT_LIST = 4, LOGIN = 18, SIGN_INIT = 42, SIGN = 43, FUNCTIONS = 68 };

static struct list mine, *real;
static word gost;

static int told(const char *what)
{
	char line[64] = "", *name = getenv("BAD_MODULE");
	FILE *file = name ? fopen(name, "r") : NULL;
	if (file) {
		if (!fgets(line, sizeof line, file))
			*line = 0;
		fclose(file);
	}
	return !strcmp(line, what);
}

static void was(const char *what)
{
	char name[512];
	snprintf(name, sizeof name, "%s.was", getenv("BAD_MODULE"));
	FILE *file = fopen(name, "a");
	fprintf(file, "%s\n", what);
	fclose(file);
}

static void play(const char *hang, const char *crash)
{
	if (told(hang)) {
		was(hang);
		for (;;)
			pause();
	}
	if (told(crash)) {
		was(crash);
		*(volatile char *)8 = 1;
	}
}

static word get_slot_list(unsigned char present, word *slots, word *count)
{
	play("hang-look", "crash-look");
	word (*there)(unsigned char, word *, word *) = real->of[GET_SLOT_LIST];
	return there(present, slots, count);
}

static word login(word session, word user, unsigned char *pin, word length)
{
	if (told("chatty")) {
		printf("PIN: %.*s\n", (int)length, pin);
		fprintf(stderr, "PIN: %.*s\n", (int)length, pin);
		fflush(stdout);
	}
	word (*there)(word, word, unsigned char *, word) = real->of[LOGIN];
	return there(session, user, pin, length);
}

static word sign_init(word session, struct mechanism *how, word key)
{
	/* CKM_GOSTR3410_WITH_GOSTR3411_12_256 and _512: the key is its own, in a file. */
	gost = how->number == 0xD4321008 ? 64 : how->number == 0xD4321009 ? 128 : 0;
	if (gost && !told("gost") && !told("gost-turned"))
		return 0x70; /* CKR_MECHANISM_INVALID */
	word (*there)(word, struct mechanism *, word) = real->of[SIGN_INIT];
	return gost ? 0 : there(session, how, key);
}

static word by_engine(unsigned char *data, word length, unsigned char *signature, word *room)
{
	if (!signature) {
		*room = gost;
		return 0;
	}
	char from[] = "/tmp/bad-module-XXXXXX", command[1024];
	int file = mkstemp(from);
	if (file < 0 || write(file, data, length) != (ssize_t)length)
		return 5;
	close(file);
	snprintf(command, sizeof command, "openssl dgst -engine gost -md_gost12_%lu -sign '%s' '%s' 2>/dev/null", gost * 4,
		getenv("GOST_KEY"), from);
	FILE *out = popen(command, "r");
	word got = fread(signature, 1, gost, out);
	pclose(out);
	unlink(from);
	for (word i = 0; told("gost-turned") && i < got / 2; i++) {
		unsigned char kept = signature[i];
		signature[i] = signature[got - 1 - i];
		signature[got - 1 - i] = kept;
	}
	*room = got;
	return got == gost ? 0 : 5; /* CKR_GENERAL_ERROR */
}

static word sign(word session, unsigned char *data, word length, unsigned char *signature, word *room)
{
	play("hang-sign", "crash-sign");
	if (told("exit-sign"))
		exit(0);
	if (told("gone-sign"))
		return 0x32; /* CKR_DEVICE_REMOVED */
	if (gost)
		return by_engine(data, length, signature, room);
	word (*there)(word, unsigned char *, word, unsigned char *, word *) = real->of[SIGN];
	word said = there(session, data, length, signature, room);
	if (signature && told("wrong-sign"))
		signature[3] ^= 1;
	return said;
}

word C_GetFunctionList(struct list **out)
{
	if (!real) {
		void *module = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
		word (*ask)(struct list **) = module ? dlsym(module, "C_GetFunctionList") : NULL;
		if (!ask || ask(&real))
			return 5;
		mine = *real;
		mine.of[GET_FUNCTION_LIST] = C_GetFunctionList;
		mine.of[GET_SLOT_LIST] = get_slot_list;
		mine.of[LOGIN] = login;
		mine.of[SIGN_INIT] = sign_init;
		mine.of[SIGN] = sign;
	}
	*out = &mine;
	return 0;
}
