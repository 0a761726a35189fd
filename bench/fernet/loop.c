// Fernet as a small loop over libcrypto, everything set up once per key, every result written where the one before was:
// answers the requests of peer.ts, one a line.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEADER = 25, HMAC_BYTES = 32, BLOCK = 16 };

static EVP_CIPHER_CTX *encryptor, *decryptor;
static HMAC_CTX *hmac;

#ifndef OWN_BASE64

// libcrypto's base64 has the other alphabet; the compiler makes vector code of these two loops.
static size_t encode(const uint8_t *in, size_t length, char *out) {
  size_t written = EVP_EncodeBlock((uint8_t *)out, in, length);
  for (size_t i = 0; i < written; i++) out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
  return written;
}

static long decode(const char *text, size_t length, uint8_t *other, uint8_t *out) {
  if (length == 0 || length % 4) return -1;
  for (size_t i = 0; i < length; i++) other[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
  return EVP_DecodeBlock(out, other, length) - (text[length - 1] == '=') - (text[length - 2] == '=');
}

#else  // a faster one: twelve bits at a time from a table, a character at a time back

enum { BAD = 1 << 24 };
static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static char pairs[4096][2];      // twelve bits: two characters
static uint32_t places[4][256];  // a character in each place of its group; BAD where it is none

__attribute__((constructor)) static void fill_tables(void) {
  for (int i = 0; i < 4096; i++) pairs[i][0] = ALPHABET[i >> 6], pairs[i][1] = ALPHABET[i & 63];
  for (int place = 0; place < 4; place++) {
    for (int c = 0; c < 256; c++) places[place][c] = BAD;
    for (uint32_t i = 0; i < 64; i++) places[place][(uint8_t)ALPHABET[i]] = i << (18 - 6 * place);
  }
}

static size_t encode(const uint8_t *in, size_t length, char *out) {
  char *at = out;
  size_t i = 0;
  for (; i + 3 <= length; i += 3, at += 4) {
    uint32_t group = in[i] << 16 | in[i + 1] << 8 | in[i + 2];
    memcpy(at, pairs[group >> 12], 2);
    memcpy(at + 2, pairs[group & 4095], 2);
  }
  if (i < length) {
    uint32_t group = in[i] << 16 | (i + 1 < length ? in[i + 1] << 8 : 0);
    memcpy(at, pairs[group >> 12], 2);
    at[2] = i + 1 < length ? pairs[group & 4095][0] : '=';
    at[3] = '=';
    at += 4;
  }
  return at - out;
}

static long decode(const char *text, size_t length, uint8_t *other, uint8_t *out) {
  if (length == 0 || length % 4) return -1;
  size_t fill = (text[length - 1] == '=') + (text[length - 2] == '=');
  memcpy(other, text + length - 4, 4);
  for (size_t i = 0; i < fill; i++) other[3 - i] = 'A';
  uint32_t seen = 0;
  for (size_t i = 0; i < length; i += 4, out += 3) {
    const uint8_t *in = i + 4 < length ? (const uint8_t *)text + i : other;
    uint32_t group = places[0][in[0]] | places[1][in[1]] | places[2][in[2]] | places[3][in[3]];
    seen |= group;
    out[0] = group >> 16, out[1] = group >> 8, out[2] = group;
  }
  return seen & BAD ? -1 : (long)(length / 4 * 3 - fill);
}

#endif

static void sign(const uint8_t *bytes, size_t length, uint8_t *out) {
  HMAC_Init_ex(hmac, NULL, 0, NULL, NULL);
  HMAC_Update(hmac, bytes, length);
  HMAC_Final(hmac, out, NULL);
}

static size_t seal(const uint8_t *message, size_t length, uint8_t *bytes, char *text) {
  uint64_t now = time(NULL);
  bytes[0] = 0x80;
  for (int i = 0; i < 8; i++) bytes[1 + i] = now >> (56 - 8 * i);
  RAND_bytes(bytes + 9, BLOCK);
  int some, rest;
  EVP_EncryptInit_ex(encryptor, NULL, NULL, NULL, bytes + 9);
  EVP_EncryptUpdate(encryptor, bytes + HEADER, &some, message, length);
  EVP_EncryptFinal_ex(encryptor, bytes + HEADER + some, &rest);
  size_t end = HEADER + some + rest;
  sign(bytes, end, bytes + end);
  return encode(bytes, end + HMAC_BYTES, text);
}

static long open_token(const char *text, size_t length, uint8_t *bytes, uint8_t *message) {
  long all = decode(text, length, message, bytes), end = all - HMAC_BYTES;
  uint8_t expected[HMAC_BYTES];
  if (end < HEADER + BLOCK || (end - HEADER) % BLOCK || bytes[0] != 0x80) return -1;
  sign(bytes, end, expected);
  if (CRYPTO_memcmp(expected, bytes + end, HMAC_BYTES)) return -1;
  int some, rest;
  EVP_DecryptInit_ex(decryptor, NULL, NULL, NULL, bytes + 9);
  EVP_DecryptUpdate(decryptor, message, &some, bytes + HEADER, end - HEADER);
  if (!EVP_DecryptFinal_ex(decryptor, message + some, &rest)) return -1;
  return some + rest;
}

static void use(const char *text) {
  uint8_t other[48], key[48];
  if (strlen(text) != 44) exit(1);
  decode(text, 44, other, key);
  EVP_EncryptInit_ex(encryptor, EVP_aes_128_cbc(), NULL, key + 16, key);
  EVP_DecryptInit_ex(decryptor, EVP_aes_128_cbc(), NULL, key + 16, key);
  HMAC_Init_ex(hmac, key, 16, EVP_sha256(), NULL);
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void timed(size_t size, int batch, int samples) {
  static const char words[] = "the quick brown fox jumps over the lazy dog ";
  size_t room = size * 2 + 400;
  uint8_t *message = malloc(room), *bytes = malloc(room), *opened = malloc(room);
  char *text = malloc(room * batch);
  for (size_t i = 0; i < size; i++) message[i] = words[i % (sizeof words - 1)];
  for (int s = 0; s < samples; s++) {
    size_t length = 0;
    double a = now_ns();
    for (int i = 0; i < batch; i++) length = seal(message, size, bytes, text + i * room);
    double b = now_ns();
    for (int i = 0; i < batch; i++)
      if (open_token(text + i * room, length, bytes, opened) != (long)size) exit(1);
    double c = now_ns();
    printf("%s%.1f %.1f", s ? " " : "", (b - a) / batch, (c - b) / batch);
  }
  printf("\n");
  free(message), free(bytes), free(opened), free(text);
}

int main(void) {
  encryptor = EVP_CIPHER_CTX_new(), decryptor = EVP_CIPHER_CTX_new(), hmac = HMAC_CTX_new();
  char *line = NULL;
  size_t room = 0;
  long length;
  while ((length = getline(&line, &room, stdin)) > 0) {
    if (line[length - 1] == '\n') line[--length] = 0;
    char *given = strchr(line, ' ');
    if (!given) return 1;
    given++;
    size_t given_length = line + length - given;
    uint8_t *one = malloc(given_length * 2 + 400);
    char *other = malloc(given_length * 2 + 400);
    if (!strncmp(line, "key", 3)) {
      use(given);
      puts("ok");
    } else if (!strncmp(line, "seal", 4)) {
      for (size_t i = 0; i + 1 < given_length; i += 2) {
        unsigned byte;
        sscanf(given + i, "%2x", &byte);
        one[i / 2] = byte;
      }
      uint8_t *bytes = malloc(given_length + 400);
      size_t text = seal(one, given_length / 2, bytes, other);
      printf("%.*s\n", (int)text, other);
      free(bytes);
    } else if (!strncmp(line, "open", 4)) {
      long opened = open_token(given, given_length, one, (uint8_t *)other);
      if (opened < 0) return 1;
      for (long i = 0; i < opened; i++) printf("%02x", (uint8_t)other[i]);
      puts("");
    } else {
      size_t size;
      int batch, samples;
      if (sscanf(given, "%zu %d %d", &size, &batch, &samples) != 3) return 1;
      timed(size, batch, samples);
    }
    fflush(stdout);
    free(one), free(other);
  }
  return 0;
}
