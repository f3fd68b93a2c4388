// A tool's name as a program of its own. Scripts and init systems look for a daemon by its executable, which the kernel
// shows as /proc/PID/exe, and that of a script is its interpreter. This program is the executable, and runs Node in its
// own process: it maps the dynamic linker that Node names, and enters it as if the shell had typed
// "/lib64/ld-linux-x86-64.so.2 /usr/bin/node loom.js ...", with no exec(2), which would put another file in its place.
//
// It has no C library, and no state: it runs before everything else. Where it cannot map the linker it becomes Node by
// exec(2); the tool works then, and is found by its name only. build.sh compiles it, install.js writes the paths into it.

#include <elf.h>
#include <stddef.h>
#include <linux/fcntl.h>
#include <linux/mman.h>

enum { PATH_SIZE = 4096, WORD_SIZE = 64, ALIGNMENT_MAX = 65536, PHDRS_MAX = 32 };

/** What install.js writes, at the mark. In .data, so that it has room in the file. */
static volatile struct {
  char mark[16];
  char node[PATH_SIZE];
  char script[PATH_SIZE];
  char word[WORD_SIZE];
} paths __attribute__((section(".data"))) = {"ETHERLOOM-PATHS", "", "", ""};

/** What was written at a place since this was compiled, which the compiler cannot know. */
static char *written(volatile char *at) {
  __asm__("" : "+r"(at));
  return (char *)at;
}

static char found[PATH_SIZE], linker[PATH_SIZE], beside[PATH_SIZE + 32];
static unsigned long page_size = 4096;

#if defined(__x86_64__)
enum { OPEN = 257, MMAP = 9, PREAD = 17, WRITE = 1, CLOSE = 3, EXECVE = 59, EXIT = 231, ACCESS = 269, READLINK = 267 };
enum { MACHINE = EM_X86_64 };
static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}
// The frames of `prepare` lie well below the words that the kernel left on the stack, which it moves down a little.
__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n lea -32768(%rsp), %rsp\n and $-16, %rsp\n call prepare\n"
        " mov %rdx, %rsp\n xor %edx, %edx\n xor %ebp, %ebp\n jmp *%rax\n");
#elif defined(__aarch64__)
enum { OPEN = 56, MMAP = 222, PREAD = 67, WRITE = 64, CLOSE = 57, EXECVE = 221, EXIT = 94, ACCESS = 48, READLINK = 78 };
enum { MACHINE = EM_AARCH64 };
static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
  return x0;
}
__asm__(".globl _start\n_start:\n mov x0, sp\n sub sp, sp, #32768\n bl prepare\n"
        " mov sp, x1\n mov x16, x0\n mov x0, #0\n mov x29, #0\n mov x30, #0\n br x16\n");
#endif

/** Where to go on, and with which stack. */
struct entry {
  unsigned long address;
  unsigned long *stack;
};

static size_t length(const char *text) {
  size_t count = 0;
  while (text[count]) count++;
  return count;
}

static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  *to = 0;
  return to;
}

static void fail(const char *why) {
  static const char end[] = ": run \"node launcher/install.js\" in the folder of etherloom\n";
  call(WRITE, 2, (long)"etherloom: ", 11, 0, 0, 0);
  call(WRITE, 2, (long)why, length(why), 0, 0, 0);
  call(WRITE, 2, (long)end, sizeof end - 1, 0, 0, 0);
  call(EXIT, 127, 0, 0, 0, 0, 0);
}

static int is_program(const char *path) {
  return *path && call(ACCESS, AT_FDCWD, (long)path, 1, 0, 0, 0) == 0;
}

/** The Node that it was installed with, else the first one of the PATH. */
static const char *find_node(char **environment) {
  if (is_program(written(paths.node))) return written(paths.node);
  for (; *environment; environment++) {
    const char *at = *environment;
    if (at[0] != 'P' || at[1] != 'A' || at[2] != 'T' || at[3] != 'H' || at[4] != '=') continue;
    for (at += 5; *at; at += *at == ':') {
      size_t size = 0;
      while (at[size] && at[size] != ':') size++;
      if (size > 0 && size < PATH_SIZE - 6) {
        for (size_t i = 0; i < size; i++) found[i] = at[i];
        append(found + size, "/node");
        if (is_program(found)) return found;
      }
      at += size;
    }
  }
  fail("there is no node");
  return 0;
}

static int read_header(const char *path, Elf64_Ehdr *header, Elf64_Phdr *segments) {
  int file = call(OPEN, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0, 0, 0);
  if (file < 0) return -1;
  if (call(PREAD, file, (long)header, sizeof *header, 0, 0, 0) == sizeof *header && header->e_ident[0] == 0x7f &&
      header->e_ident[1] == 'E' && header->e_ident[4] == ELFCLASS64 && header->e_machine == MACHINE &&
      header->e_phnum <= PHDRS_MAX && header->e_phentsize == sizeof *segments) {
    long size = header->e_phnum * sizeof *segments;
    if (call(PREAD, file, (long)segments, size, header->e_phoff, 0, 0) == size) return file;
  }
  call(CLOSE, file, 0, 0, 0, 0, 0);
  return -1;
}

/** The dynamic linker that a program names; "" where it names none, being a script or linked statically. */
static void find_linker(const char *node) {
  Elf64_Ehdr header;
  Elf64_Phdr segments[PHDRS_MAX];
  int file = read_header(node, &header, segments);
  if (file < 0) return;
  for (int i = 0; i < header.e_phnum; i++) {
    if (segments[i].p_type != PT_INTERP || segments[i].p_filesz >= PATH_SIZE) continue;
    call(PREAD, file, (long)linker, segments[i].p_filesz, segments[i].p_offset, 0, 0);
  }
  call(CLOSE, file, 0, 0, 0, 0, 0);
}

static int protection(const Elf64_Phdr *segment) {
  return (segment->p_flags & PF_R ? PROT_READ : 0) | (segment->p_flags & PF_W ? PROT_WRITE : 0) | (segment->p_flags & PF_X ? PROT_EXEC : 0);
}

/** Maps one segment where `base` says. What the file does not fill is zero, to the end of the page: linkers rely on it. */
static int map_segment(int file, unsigned long base, const Elf64_Phdr *segment) {
  const unsigned long mask = page_size - 1, start = (base + segment->p_vaddr) & ~mask;
  const unsigned long filled = base + segment->p_vaddr + segment->p_filesz, end = base + segment->p_vaddr + segment->p_memsz;
  const unsigned long next = (filled + mask) & ~mask;
  const long at = call(MMAP, start, filled - start, protection(segment), MAP_PRIVATE | MAP_FIXED, file, segment->p_offset & ~mask);
  if (at < 0) return -1;
  if (segment->p_flags & PF_W) for (char *octet = (char *)filled; octet < (char *)next; octet++) *octet = 0;
  if (end <= next) return 0;
  return call(MMAP, next, end - next, protection(segment), MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) < 0 ? -1 : 0;
}

/** Maps the linker. Returns where it begins in memory, or 0 where that is not possible. */
static unsigned long map_linker(Elf64_Ehdr *header) {
  Elf64_Phdr segments[PHDRS_MAX];
  unsigned long end = 0, base = 0;
  int file = *linker ? read_header(linker, header, segments) : -1;
  if (file < 0) return 0;
  for (int i = 0; i < header->e_phnum; i++)
    if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr + segments[i].p_memsz > end) end = segments[i].p_vaddr + segments[i].p_memsz;
  long room = header->e_type == ET_DYN && end > 0 ? call(MMAP, 0, end + ALIGNMENT_MAX, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : -1;
  if (room > 0) base = ((unsigned long)room + ALIGNMENT_MAX - 1) & ~(ALIGNMENT_MAX - 1ul);
  for (int i = 0; base && i < header->e_phnum; i++)
    if (segments[i].p_type == PT_LOAD && map_segment(file, base, &segments[i]) < 0) fail("the dynamic linker cannot be mapped");
  call(CLOSE, file, 0, 0, 0, 0, 0);
  return base;
}

/** Copies `count` words to one place, as the kernel lays them out: who sets a process' title relies on that. */
static void pack(char **words, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; i++) size += length(words[i]) + 1;
  long room = call(MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room < 0) fail("there is no memory");
  char *at = (char *)room;
  for (size_t i = 0; i < count; i++) {
    char *word = at;
    at = append(at, words[i]) + 1;
    words[i] = word;
  }
}

/** The value of a type in the auxiliary vector. */
static unsigned long *value_of(unsigned long *auxiliary, unsigned long type) {
  while (auxiliary[0] != AT_NULL && auxiliary[0] != type) auxiliary += 2;
  return auxiliary + 1;
}

/** loom.js beside this file, where the folder was moved since the paths were written. */
static char *find_script(void) {
  if (call(ACCESS, AT_FDCWD, (long)written(paths.script), 4, 0, 0, 0) == 0) return written(paths.script);
  long size = call(READLINK, AT_FDCWD, (long)"/proc/self/exe", (long)beside, PATH_SIZE - 1, 0, 0);
  while (size > 0 && beside[size - 1] != '/') size--;
  if (size > 0) append(beside + size, "../../bin/loom.js");
  if (size <= 0 || call(ACCESS, AT_FDCWD, (long)beside, 4, 0, 0, 0) != 0) fail("loom.js is not where it was");
  return beside;
}

/** What follows a list of words that ends with 0. */
static unsigned long *behind(unsigned long *list) {
  while (*list) list++;
  return list + 1;
}

/** Says to the linker that the kernel started it by itself, as it does where a shell types its name. */
static void introduce(unsigned long *auxiliary, unsigned long base, const Elf64_Ehdr *header) {
  *value_of(auxiliary, AT_BASE) = 0;
  *value_of(auxiliary, AT_PHDR) = base + header->e_phoff;
  *value_of(auxiliary, AT_PHNUM) = header->e_phnum;
  *value_of(auxiliary, AT_PHENT) = header->e_phentsize;
  *value_of(auxiliary, AT_ENTRY) = base + header->e_entry;
}

/**
 * The stack is as the kernel left it: a count, words, 0, the environment, 0, the auxiliary vector. Three words more go
 * before its own words, which begins four places lower, so that it stays on 16 octets; the rest moves down by one.
 */
__attribute__((used)) struct entry prepare(unsigned long *stack) {
  const unsigned long count = stack[0];
  if (count == 0) fail("it was started without a name");
  unsigned long *environment = stack + count + 2, *auxiliary = behind(environment);
  if (*value_of(auxiliary, AT_PAGESZ) >= 4096) page_size = *value_of(auxiliary, AT_PAGESZ);
  unsigned long *end = auxiliary;
  while (end[0] != AT_NULL) end += 2;

  const char *node = find_node((char **)environment);
  find_linker(node);
  Elf64_Ehdr header;
  const unsigned long base = map_linker(&header);
  char *first[] = {linker, (char *)node, find_script(), written(paths.word)};

  unsigned long *to = stack - 4, *next = to + 5;
  for (unsigned long *from = stack + 2; from < end + 2; from++) *next++ = *from;
  to[0] = count + 3;
  char **words = (char **)(to + 1);
  for (int i = 0; i < 4; i++) words[i] = first[i];
  pack(words + 1, count + 2);
  environment = to + count + 5;
  if (!base) {
    call(EXECVE, (long)node, (long)(words + 1), (long)environment, 0, 0, 0);
    fail("node cannot be run");
  }
  introduce(behind(environment), base, &header);
  return (struct entry){base + header.e_entry, to};
}
