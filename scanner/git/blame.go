package git

import (
	"bytes"
	"context"
	"figment/internal/disk"
	"figment/scanner/text"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Line is a line of a file: its path as in Reference.Path, slash-separated
// and relative to the root, and its number as in Position.Line.
type Line struct {
	Path string
	Line int
}

// Limits of Blame.
const (
	maxLines       = 200              // of one run
	maxBlameOutput = 32 << 20         // bytes, of one file
	maxIgnoreRevs  = 4 << 20          // bytes of a list of commits to be ignored
	blameTimeout   = 10 * time.Second // of one call of git; timeout is for all of them
)

// Blame asks git since when lines have stood where they are: the later of the
// dates of author and committer of the commit that brought a line, since author
// dates outlive a rebase. Where history was cut off (a shallow clone) that is
// the date of the cut. The date of a line that was moved or reformatted may be
// later than its first writing, never earlier.
//
// A line that is not in the result has no date: it is not committed, its file
// is not tracked or lies outside the root, there is no git, git had no answer in
// time, or more than 200 lines were asked for. None of that is an error.
//
// The repository is hostile, and so is its configuration. The work tree is read
// here and compared with HEAD: given files of the work tree, git would run the
// filters that the repository configures. Nothing is fetched.
func Blame(ctx context.Context, root string, asks []Line) map[Line]time.Time {
	dates := map[Line]time.Time{}
	git, err := exec.LookPath("git")
	if err != nil {
		return dates
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return dates
	}
	root = disk.Resolve(root)
	dir, err := os.OpenRoot(root)
	if err != nil {
		return dates
	}
	defer dir.Close()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	b := blamer{git: git, root: root, dir: dir, tops: map[string]bool{}}
	for _, f := range groupByFile(asks) {
		if ctx.Err() != nil {
			break
		}
		for line, date := range b.file(ctx, f) {
			dates[Line{f.path, line}] = date
		}
	}
	return dates
}

// A blamer is one run of Blame.
type blamer struct {
	git, root string
	dir       *os.Root
	tops      map[string]bool // work trees that were looked at: whether git may be asked
}

// A blameFile is the lines asked for of one file.
type blameFile struct {
	path  string
	lines []int
}

// groupByFile groups the first maxLines different asks by file.
func groupByFile(asks []Line) []blameFile {
	var files []blameFile
	seen := map[Line]bool{}
	at := map[string]int{}
	for _, a := range asks {
		if len(seen) == maxLines {
			break
		}
		if seen[a] || a.Line < 1 || !fs.ValidPath(a.Path) || !filepath.IsLocal(filepath.FromSlash(a.Path)) || strings.Contains(a.Path, "\x00") {
			continue
		}
		seen[a] = true
		i, ok := at[a.Path]
		if !ok {
			i = len(files)
			at[a.Path] = i
			files = append(files, blameFile{path: a.Path})
		}
		files[i].lines = append(files[i].lines, a.Line)
	}
	return files
}

// file gives the dates of the lines that can be dated.
func (b *blamer) file(ctx context.Context, f blameFile) map[int]time.Time {
	now, ok := b.read(filepath.FromSlash(f.path))
	if !ok || text.IsUTF16(now) {
		return nil
	}
	real, err := filepath.EvalSymlinks(filepath.Join(b.root, filepath.FromSlash(f.path)))
	if err != nil || !disk.Within(b.root, real) {
		return nil
	}
	top := workTreeOf(filepath.Dir(real))
	if top == "" || !b.mayAsk(ctx, top) {
		return nil
	}
	rel := disk.Rel(top, real)
	then, ok := run(ctx, b.git, top, maxCompared, "cat-file", "blob", "HEAD:"+rel)
	if !ok || text.IsUTF16(then) {
		return nil
	}
	committed := carry(text.NewLines(now), text.NewLines(then), f.lines)
	if len(committed) == 0 {
		return nil
	}
	args := []string{"blame", "--no-textconv", "--ignore-revs-file=", "--line-porcelain"}
	for _, n := range sortedValues(committed) {
		args = append(args, "-L", strconv.Itoa(n)+","+strconv.Itoa(n))
	}
	out, _ := run(ctx, b.git, top, maxBlameOutput, append(args, "HEAD", "--", rel)...)
	byLine := parseBlame(out)
	dates := map[int]time.Time{}
	for line, n := range committed {
		if d, ok := byLine[n]; ok {
			dates[line] = d
		}
	}
	return dates
}

// read gives a file of the work tree; ok is false for one that is too long to be
// compared.
func (b *blamer) read(name string) (data []byte, ok bool) {
	f, info, err := disk.Open(b.dir, name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	if info.Size() > maxCompared {
		return nil, false
	}
	data, err = io.ReadAll(io.LimitReader(f, maxCompared+1))
	return data, err == nil && len(data) <= maxCompared
}

// mayAsk reports whether git may be asked to blame in a work tree. Commits that
// its configuration wants ignored are not, which would make dates earlier, but
// git reads the lists of them all the same: one without an end is not waited
// for.
func (b *blamer) mayAsk(ctx context.Context, top string) bool {
	may, known := b.tops[top]
	if known {
		return may
	}
	out, ok := run(ctx, b.git, top, maxAnswer, "config", "--null", "--type=path", "--get-all", "blame.ignoreRevsFile")
	may = ok || len(out) == 0
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if !filepath.IsAbs(file) {
			file = filepath.Join(top, file)
		}
		info, err := os.Stat(file)
		if err == nil && !info.IsDir() && (!info.Mode().IsRegular() || info.Size() > maxIgnoreRevs) {
			may = false
		}
	}
	b.tops[top] = may
	return may
}

// workTreeOf gives the work tree that the absolute directory dir is in, or "".
func workTreeOf(dir string) string {
	for {
		if _, ok := Dir(dir); ok {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func sortedValues(m map[int]int) []int {
	var out []int
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// carry finds lines of now in then and gives the numbers that git gives them
// there, where only LF ends a line. A line counts as the same where it stands
// before everything that changed, after it, or is the only one of its text among
// what changed, in both.
func carry(now, then *text.Lines, lines []int) map[int]int {
	a, b := now.Count(), then.Count()
	head := 0
	for head < min(a, b) && now.Text(head+1) == then.Text(head+1) {
		head++
	}
	tail := 0
	for tail < min(a, b)-head && now.Text(a-tail) == then.Text(b-tail) {
		tail++
	}
	var nowOnce, thenOnce map[string]int
	found := map[int]int{}
	for _, n := range lines {
		text := now.Text(n)
		if text == "" || n > a {
			continue
		}
		at := 0
		switch {
		case n <= head:
			at = n
		case n > a-tail:
			at = n - a + b
		default:
			if nowOnce == nil {
				nowOnce, thenOnce = once(now, head+1, a-tail), once(then, head+1, b-tail)
			}
			if nowOnce[text] == n {
				at = thenOnce[text]
			}
		}
		if at > 0 {
			found[n] = 1 + bytes.Count(then.Before(at), []byte("\n"))
		}
	}
	return found
}

// once gives the numbers of lines from first to last whose text no other of them
// has. The number of the others is -1.
func once(l *text.Lines, first, last int) map[string]int {
	m := map[string]int{}
	for n := first; n <= last; n++ {
		text := l.Text(n)
		if _, ok := m[text]; ok {
			m[text] = -1
		} else {
			m[text] = n
		}
	}
	return m
}

// maxBlameDate is where dates end, in seconds: what is later is a figure and no
// date.
const maxBlameDate = 253402300800 // 10000-01-01, in seconds

// parseBlame reads git's answer: for each line the later of its two dates. Lines
// that are not committed, and what is not understood, have none.
//
// Format: https://git-scm.com/docs/git-blame, "The porcelain format".
func parseBlame(out []byte) map[int]time.Time {
	dates := map[int]time.Time{}
	line, latest := 0, int64(0) // of the entry being read; 0: none
	both := 0
	for len(out) > 0 {
		end := bytes.IndexByte(out, '\n')
		if end < 0 {
			break // cut off
		}
		text := out[:end]
		out = out[end+1:]
		if len(text) > 0 && text[0] == '\t' { // the line itself ends the entry
			if line > 0 && both == 2 && latest > 0 && latest < maxBlameDate {
				dates[line] = time.Unix(latest, 0).UTC()
			}
			line, latest, both = 0, 0, 0
			continue
		}
		key, value, _ := strings.Cut(string(text), " ")
		switch {
		case line == 0:
			line, latest, both = blameHeader(key, value), 0, 0
		case key == "author-time" || key == "committer-time":
			n, err := strconv.ParseInt(value, 10, 64)
			if err == nil {
				latest = max(latest, n)
				both++
			}
		}
	}
	return dates
}

// blameHeader reads the first line of an entry, "<object> <line before> <line>
// [<lines>]", and gives the line, or 0 if it is none or not committed.
func blameHeader(object, rest string) int {
	if len(object) != 40 && len(object) != 64 || strings.Trim(object, "0123456789abcdef") != "" || strings.Trim(object, "0") == "" {
		return 0
	}
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// run runs a command of git that reads objects only. ok is false when it
// failed or its answer is not whole.
func run(ctx context.Context, git, top string, limit int, args ...string) (out []byte, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, blameTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, git, append([]string{
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
		"-c", "safe.bareRepository=explicit", "-c", "mailmap.file=", "-c", "mailmap.blob=",
		"--no-pager", "--no-optional-locks", "--no-replace-objects",
	}, args...)...)
	cmd.Dir = top
	cmd.Env = environ(top)
	cmd.WaitDelay = time.Second
	stdout := limitedBuffer{limit: limit}
	cmd.Stdout = &stdout
	err := cmd.Run()
	return stdout.data, err == nil && !stdout.full
}

// environ is the environment without what points git at another repository,
// and with what keeps it from asking anybody: no prompt, no transport, which is
// where a repository that lacks objects would start programs.
func environ(top string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
			"GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_IMPLICIT_WORK_TREE":
			return true
		}
		return false
	})
	return append(env, "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_CEILING_DIRECTORIES="+filepath.Dir(top))
}
