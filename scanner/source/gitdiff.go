package source

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"figment/internal/disk"
	"figment/scanner/text"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A GitTrouble is why git could not say what was changed.
type GitTrouble uint8

// The troubles. GitFailed is the zero value.
const (
	GitFailed       GitTrouble = iota // git is missing, broke off, or did not answer in time
	GitUntrusted                      // somebody else owns the repository
	GitNoRepository                   // there is none, or none with a work tree
	GitNoRevision                     // a revision that was named is not there
	GitNoBase                         // two revisions have no common ancestor here
)

// A GitError says why git could not say what was changed. Text and Hint are
// sentences for people; both may quote git.
type GitError struct {
	Trouble GitTrouble
	Text    string
	Hint    string // what to do; may be empty
}

func (e *GitError) Error() string { return e.Text }

// A gitRepo is a repository that is asked what it holds. Its configuration is
// hostile: git lists and hands out objects, and never compares the content of
// the work tree, for which it would run the filters that are configured.
type gitRepo struct {
	git  string
	top  string // the work tree, absolute, without links
	dir  string // where the state of the work tree lies, absolute
	sha2 bool   // objects are named by SHA-256
	head string // the commit that is checked out; empty: there is none yet
	cat  *blobReader
}

// openRepo finds the repository whose work tree holds dir. Variables such as
// GIT_INDEX_FILE hold: git sets them for the hook of a partial commit.
func openRepo(ctx context.Context, dir string) (opened *gitRepo, err error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, &GitError{GitFailed, "git is not installed, and only git knows what was changed", "install git, or name the files to scan"}
	}
	r := &gitRepo{git: git, top: dir}
	r.cat = &blobReader{repo: r}
	r.cat.ready() // objects are wanted in any case, and git takes a while to start
	defer func() {
		if opened == nil {
			r.cat.Close()
		}
	}()
	out, err := r.ask(ctx, headSize, "rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-object-format", "--revs-only", "HEAD^{commit}")
	if err != nil {
		return nil, err
	}
	words := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(words) < 3 || len(words) > 4 || words[0] == "" {
		return nil, &GitError{Text: "git does not say where the work tree is", Hint: "git rev-parse --show-toplevel"}
	}
	r.top = disk.Resolve(filepath.Clean(filepath.FromSlash(strings.TrimSuffix(words[0], "\r"))))
	r.dir = filepath.Clean(filepath.FromSlash(strings.TrimSuffix(words[1], "\r")))
	r.sha2 = strings.HasPrefix(words[2], "sha256")
	if len(words) > 3 && isObject(words[3]) {
		r.head = words[3]
	}
	// core.worktree may point anywhere.
	if !disk.Within(r.top, disk.Resolve(dir)) {
		return nil, &GitError{GitNoRepository, fmt.Sprintf("git says that the work tree is %s, which this directory is not in", r.top), ""}
	}
	return r, nil
}

// command prepares git so that it starts nothing, fetches nothing and asks
// nobody.
func (r *gitRepo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.git, append([]string{
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit",
		"--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
	}, args...)...)
	cmd.Dir = r.top
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "LC_ALL=C", "LANGUAGE=C")
	cmd.WaitDelay = time.Second
	return cmd
}

// ask runs a command and gives its output, which must be whole.
func (r *gitRepo) ask(ctx context.Context, limit int, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	cmd := r.command(ctx, args...)
	stdout, stderr := limitedBuffer{limit: limit}, limitedBuffer{limit: headSize}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, &GitError{Text: "git " + args[0] + " did not answer in time"}
	case err != nil:
		return nil, gitSays(args[0], err, string(stderr.data))
	case stdout.full:
		return nil, &GitError{Text: fmt.Sprintf("git %s gave more than %s: there are too many files", args[0], disk.Size(int64(limit)))}
	}
	return stdout.data, nil
}

// gitSays makes an error of git's own words.
func gitSays(command string, err error, stderr string) *GitError {
	words := strings.TrimPrefix(firstLine([]byte(strings.TrimSpace(stderr))), "fatal: ")
	switch {
	case strings.Contains(stderr, "dubious ownership"), strings.Contains(stderr, "unsafe repository"):
		e := &GitError{GitUntrusted, "git does not trust this repository, so nothing was checked: " + words, "git config --global --add safe.directory DIRECTORY, if it is yours"}
		for line := range strings.Lines(stderr) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "git config --global --add safe.directory ") {
				e.Hint = line + ", if it is yours"
			}
		}
		return e
	case strings.Contains(stderr, "not a git repository"), strings.Contains(stderr, "must be run in a work tree"), strings.Contains(stderr, "cannot use bare repository"):
		return &GitError{GitNoRepository, "there is no git work tree here: " + words, "name the files to scan, or work in a clone"}
	case words != "":
		return &GitError{Text: "git " + command + ": " + words}
	}
	return &GitError{Text: "git " + command + ": " + disk.Cause(err)}
}

// commit gives the name of the commit that a revision means; empty if there is
// none.
func (r *gitRepo) commit(ctx context.Context, rev string) string {
	if rev == "HEAD" {
		return r.head
	}
	out, err := r.ask(ctx, headSize, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if name := strings.TrimSpace(string(out)); err == nil && isObject(name) {
		return name
	}
	return ""
}

// isObject reports whether s is the full name of an object.
func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// noObject reports whether s stands for no object at all.
func noObject(s string) bool { return strings.Trim(s, "0") == "" }

// hash is the sum by which git names what it is told.
func (r *gitRepo) hash() hash.Hash {
	if r.sha2 {
		return sha256.New()
	}
	return sha1.New()
}

// blobName is the name that data has as a blob.
func (r *gitRepo) blobName(data []byte) string {
	h := r.hash()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// A treeFile is what an index or a tree has at a path.
type treeFile struct {
	mode, object string
}

// regular reports whether it is a file, and neither a link nor a submodule.
func (f treeFile) regular() bool {
	return (f.mode == "100644" || f.mode == "100755" || f.mode == "100664") && !noObject(f.object)
}

var errGitOutput = errors.New("git's answer is not of the form that was asked for")

// parseTree reads the answer of ls-files --stage -z and of ls-tree -r -z. Paths
// in conflict have the content of none of their sides.
func parseTree(out []byte) (map[string]treeFile, error) {
	files := make(map[string]treeFile, bytes.Count(out, []byte{0}))
	for len(out) > 0 {
		line, rest, ok := bytes.Cut(out, []byte{0})
		head, p, tab := strings.Cut(string(line), "\t")
		f := strings.Fields(head)
		if !ok || !tab || len(f) != 3 || len(f[0]) != 6 {
			return nil, errGitOutput
		}
		out = rest
		entry := treeFile{f[0], f[2]} // mode type object
		if isObject(f[1]) {           // mode object stage
			if entry.object = f[1]; f[2] != "0" {
				entry.object = ""
			}
		} else if !isObject(f[2]) {
			return nil, errGitOutput
		}
		if gitPath(p) {
			files[p] = entry
		}
	}
	return files, nil
}

// gitPath reports whether a path stays below the top.
func gitPath(p string) bool {
	if p == "" || p[0] == '/' {
		return false
	}
	for e := range strings.SplitSeq(p, "/") {
		if e == "" || e == "." || e == ".." {
			return false
		}
	}
	return true
}

// A rawChange is a line of git's raw diff.
type rawChange struct {
	path     string
	old, new treeFile
	status   byte // A, D, M, T; U: in conflict
}

// parseRaw reads the answer of diff-index and diff-tree with --raw -z
// --no-renames.
func parseRaw(out []byte) ([]rawChange, error) {
	var changes []rawChange
	for len(out) > 0 {
		head, rest, ok := bytes.Cut(out, []byte{0})
		p, rest, ok2 := bytes.Cut(rest, []byte{0})
		f := strings.Fields(string(head))
		if !ok || !ok2 || len(f) != 5 || len(f[0]) != 7 || f[0][0] != ':' || !isObject(f[2]) || !isObject(f[3]) {
			return nil, errGitOutput
		}
		out = rest
		c := rawChange{string(p), treeFile{f[0][1:], f[2]}, treeFile{f[1], f[3]}, f[4][0]}
		if gitPath(c.path) {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// rawFlags are those of every diff that is asked for. The commit of a submodule
// is part of a change; git need not look into its work tree for that.
func rawFlags(command string, args ...string) []string {
	return append([]string{command, "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty"}, args...)
}

func (r *gitRepo) diff(ctx context.Context, command string, args ...string) ([]rawChange, error) {
	out, err := r.ask(ctx, maxGitOutput, rawFlags(command, args...)...)
	if err != nil {
		return nil, err
	}
	changes, err := parseRaw(out)
	if err != nil {
		return nil, &GitError{Text: "git " + command + ": " + err.Error()}
	}
	return changes, nil
}

func (r *gitRepo) tree(ctx context.Context, args ...string) (map[string]treeFile, error) {
	out, err := r.ask(ctx, maxGitOutput, args...)
	if err != nil {
		return nil, err
	}
	files, err := parseTree(out)
	if err != nil {
		return nil, &GitError{Text: "git " + args[0] + ": " + err.Error()}
	}
	return files, nil
}

// index is what would be committed next.
func (r *gitRepo) index(ctx context.Context) (map[string]treeFile, error) {
	return r.tree(ctx, "ls-files", "--stage", "-z")
}

// A blobReader takes objects out of the repository, through one process that
// lives as long as it is needed.
type blobReader struct {
	repo *gitRepo

	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	broken  error
	process atomic.Pointer[os.Process]
	over    atomic.Bool
}

const (
	blobTimeout = 10 * time.Second // for one object
	maxPassed   = 256 << 20        // bytes of an object that are read only to get past it
)

// errNoBlob is for an object that this clone does not have.
var errNoBlob = &openError{"is not in this clone of the repository: its content was left behind", nil, ""}

// read gives the content of a blob. Of one that is longer than limit it gives
// the beginning, and its length.
func (b *blobReader) read(object string, limit int64) (data []byte, size int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken == nil && b.over.Load() {
		b.fail(context.Canceled)
	}
	if b.broken != nil {
		return nil, 0, b.broken
	}
	if !isObject(object) {
		return nil, 0, errNoBlob
	}
	if b.cmd == nil {
		if err := b.start(); err != nil {
			return nil, 0, b.fail(err)
		}
	}
	timer := time.AfterFunc(blobTimeout, b.kill)
	defer timer.Stop()
	if _, err := io.WriteString(b.in, object+"\n"); err != nil {
		return nil, 0, b.fail(err)
	}
	line, err := b.out.ReadString('\n')
	if err != nil {
		return nil, 0, b.fail(err)
	}
	f := strings.Fields(line)
	if len(f) == 2 && f[1] == "missing" {
		return nil, 0, errNoBlob
	}
	if len(f) != 3 || f[0] != object {
		return nil, 0, b.fail(errGitOutput)
	}
	if size, err = strconv.ParseInt(f[2], 10, 64); err != nil || size < 0 {
		return nil, 0, b.fail(errGitOutput)
	}
	take := size
	if size > limit {
		take = min(limit, sniffSize)
	}
	data = make([]byte, take)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return nil, 0, b.fail(err)
	}
	left := size - int64(len(data)) + 1 // and a line end
	if left > maxPassed {
		b.stop(true) // another one is started when it is needed
	} else if _, err := io.CopyN(io.Discard, b.out, left); err != nil {
		return nil, 0, b.fail(err)
	}
	if f[1] != "blob" {
		return nil, 0, errNoBlob
	}
	return data, size, nil
}

// ready starts the process. Where that fails, the first reading says so.
func (b *blobReader) ready() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil && b.start() != nil {
		b.cmd, b.in, b.out = nil, nil, nil
	}
}

func (b *blobReader) start() error {
	b.cmd = b.repo.command(context.Background(), "cat-file", "--batch")
	in, err := b.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.cmd.Start(); err != nil {
		return err
	}
	b.in, b.out = in, bufio.NewReaderSize(out, 64<<10)
	b.process.Store(b.cmd.Process)
	return nil
}

// kill ends a process that does not answer: what waits for it then fails.
func (b *blobReader) kill() {
	if p := b.process.Load(); p != nil {
		p.Kill() // an error: it has ended by itself
	}
}

// fail remembers that the process cannot be used any more.
func (b *blobReader) fail(err error) error {
	b.stop(true)
	b.broken = &openError{"cannot be taken out of the repository: git cat-file: " + disk.Cause(err), err, ""}
	return b.broken
}

// stop ends the process, at once or when it has done what it was told.
func (b *blobReader) stop(kill bool) {
	if b.cmd == nil {
		return
	}
	if kill {
		b.kill()
	}
	if b.in != nil {
		b.in.Close() // it ends when its input does
		timer := time.AfterFunc(time.Second, b.kill)
		b.cmd.Wait() // its status says nothing that counts
		timer.Stop()
	}
	b.process.Store(nil)
	b.cmd, b.in, b.out = nil, nil, nil
}

// interrupt makes reading fail from now on.
func (b *blobReader) interrupt() {
	b.over.Store(true)
	b.kill()
}

func (b *blobReader) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stop(false)
}

// Limits of comparing lines. Beyond them a line counts as added where the old
// text has none like it.
const (
	maxDiffLines = 20_000 // of either text
	maxDiffEdits = 1000   // lines that both have, in another order
)

// addedLines says of each line of now, from 0, whether a change from before to
// now adds it. Line ends do not count.
func addedLines(before, now *text.Lines) []bool {
	added := make([]bool, now.Count())
	ids := map[string]int32{}
	number := func(l *text.Lines) []int32 {
		out := make([]int32, l.Count())
		for i := range out {
			text := l.Text(i + 1)
			id, ok := ids[text]
			if !ok {
				id = int32(len(ids))
				ids[text] = id
			}
			out[i] = id
		}
		return out
	}
	a := number(before)
	known := int32(len(ids))
	b := number(now)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		for i, id := range b {
			added[head+i] = id >= known
		}
		return added
	}
	// Lines that only one of them has match nothing.
	inA, inB := make([]bool, len(ids)), make([]bool, len(ids))
	for _, id := range a {
		inA[id] = true
	}
	for _, id := range b {
		inB[id] = true
	}
	both := a[:0:0]
	for _, id := range a {
		if inB[id] {
			both = append(both, id)
		}
	}
	var rest []int32
	var at []int
	for i, id := range b {
		if !inA[id] {
			added[head+i] = true
			continue
		}
		rest = append(rest, id)
		at = append(at, head+i)
	}
	for _, i := range insertions(both, rest) {
		added[at[i]] = true
	}
	return added
}

// insertions gives the indices of b that a shortest edit from a to b inserts;
// none where that takes more than maxDiffEdits edits.
//
// E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986
func insertions(a, b []int32) []int {
	n, m := len(a), len(b)
	most := min(n+m, maxDiffEdits)
	v := make([]int32, 2*most+2) // furthest x on diagonal k, at k+most
	var trace [][]int32          // of each number of edits d: diagonals -d … d
	for d := 0; d <= most; d++ {
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && v[most+k-1] < v[most+k+1] {
				x = int(v[most+k+1])
			} else {
				x = int(v[most+k-1]) + 1
			}
			if d == 0 {
				x = 0
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			v[most+k] = int32(x)
			if x >= n && x-k >= m {
				return backtrack(trace, d, k)
			}
		}
		trace = append(trace, append([]int32(nil), v[most-d:most+d+1]...))
	}
	return nil
}

// backtrack follows an edit of d steps that ends on diagonal k to its start.
func backtrack(trace [][]int32, d, k int) []int {
	var out []int
	for ; d > 0; d-- {
		v := trace[d-1]
		get := func(k int) int {
			if i := k + d - 1; i >= 0 && i < len(v) {
				return int(v[i])
			}
			return -1
		}
		if k == -d || k != d && get(k-1) < get(k+1) {
			k++ // one of b was inserted below the end of that path
			out = append(out, get(k)-k)
		} else {
			k--
		}
	}
	return out
}
