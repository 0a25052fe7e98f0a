/* The peer of trust.rs: OpenSSL (and its gost engine, where OPENSSL_CONF names it) doing the same work in a loop. Prints
 * the tenth fastest of a hundred runs in microseconds: another program on the machine changes it least.
 *   verify ROOT CMS       reads and verifies an attached CMS with its chain
 *   sign LEAF KEY SUB DOC makes and writes out a CMS
 *   raw-verify LEAF SUB   one certificate's signature
 *   raw-sign KEY MD DOC   a signature alone; MD "-" is the key's own digest */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 4096

static void die(const char *what) {
    fprintf(stderr, "%s: ", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static BIO *file(const char *name) {
    BIO *bio = BIO_new_file(name, "rb");
    if (!bio) die(name);
    return bio;
}

static X509 *certificate(const char *name) {
    X509 *found = PEM_read_bio_X509(file(name), NULL, NULL, NULL);
    if (!found) die(name);
    return found;
}

static EVP_PKEY *key(const char *name) {
    EVP_PKEY *found = PEM_read_bio_PrivateKey(file(name), NULL, NULL, NULL);
    if (!found) die(name);
    return found;
}

static unsigned char *bytes(const char *name, long *length) {
    unsigned char *out = malloc(1 << 20);
    *length = BIO_read(file(name), out, 1 << 20);
    if (*length <= 0) die(name);
    return out;
}

static X509_STORE *store;
static X509 *leaf, *above;
static EVP_PKEY *secret;
static const EVP_MD *digest;
static unsigned char *input;
static long length;

static int verify(void) {
    const unsigned char *at = input;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, length);
    BIO *out = BIO_new(BIO_s_null());
    int good = cms && CMS_verify(cms, NULL, store, NULL, out, CMS_BINARY | CMS_CADES) == 1;
    BIO_free(out);
    CMS_ContentInfo_free(cms);
    return good;
}

static int sign(void) {
    BIO *in = BIO_new_mem_buf(input, length);
    STACK_OF(X509) *more = sk_X509_new_null();
    sk_X509_push(more, above);
    CMS_ContentInfo *cms = CMS_sign(leaf, secret, more, in, CMS_BINARY | CMS_CADES | CMS_NOSMIMECAP);
    unsigned char *der = NULL;
    int good = cms && i2d_CMS_ContentInfo(cms, &der) > 0;
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    sk_X509_free(more);
    BIO_free(in);
    return good;
}

static int raw_verify(void) { return X509_verify(leaf, X509_get0_pubkey(above)) == 1; }

static int raw_sign(void) {
    unsigned char out[1024];
    size_t most = sizeof out;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = EVP_DigestSignInit(context, NULL, digest, NULL, secret) == 1 &&
               EVP_DigestSign(context, out, &most, input, length) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

int main(int count, char **words) {
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
    if (count < 4) return 2;
    int (*work)(void) = NULL;
    if (!strcmp(words[1], "verify")) {
        work = verify;
        store = X509_STORE_new();
        X509_STORE_add_cert(store, certificate(words[2]));
        input = bytes(words[3], &length);
    } else if (!strcmp(words[1], "sign") && count == 6) {
        work = sign;
        leaf = certificate(words[2]), secret = key(words[3]), above = certificate(words[4]);
        input = bytes(words[5], &length);
    } else if (!strcmp(words[1], "raw-verify")) {
        work = raw_verify;
        leaf = certificate(words[2]), above = certificate(words[3]);
    } else if (!strcmp(words[1], "raw-sign") && count == 5) {
        work = raw_sign;
        secret = key(words[2]), input = bytes(words[4], &length);
        int nid = 0;
        if (!strcmp(words[3], "-") && EVP_PKEY_get_default_digest_nid(secret, &nid) > 0)
            digest = EVP_get_digestbynid(nid);
        else
            digest = EVP_get_digestbyname(words[3]);
    }
    if (!work) return 2;
    static double took[MOST];
    int runs = 0;
    for (double begin = now(); runs < MOST && (runs < 20 || now() - begin < 3e5); runs++) {
        double since = now();
        if (!work()) die(words[1]);
        took[runs] = now() - since;
    }
    qsort(took, runs, sizeof *took, by_size);
    printf("%f\n", took[runs / 10]);
    return 0;
}
