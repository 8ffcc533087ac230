package pypi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"figment/ecosystem"
	"figment/scanner/extract/extracttest"
	"figment/scanner/source"
	"figment/scanner/text"
)

// pipProbe reads one JSON string a line, base64 of a requirements file, and
// answers what pip makes of each of its lines.
const pipProbe = `
import base64, json, os, sys, logging
logging.disable(logging.CRITICAL)
os.environ.pop("PIP_CONFIG_FILE", None)
for k in list(os.environ):
    if k.startswith("FIGVAR"): del os.environ[k]
import warnings; warnings.simplefilter("ignore")
from pip._internal.req import req_file
from pip._internal.req.req_file import ParsedLine, preprocess, get_line_parser, handle_requirement_line
from pip._internal.req.constructors import install_req_from_parsed_requirement
try:
    from pip._internal.utils.encoding import auto_decode
    decode = lambda data: auto_decode(data)
except ImportError:
    decode = lambda data: req_file._decode_req_file(data, "requirements.txt")
parse = get_line_parser(None)
# make sure that undecided bytes are read the same everywhere
import locale; locale.getpreferredencoding = lambda *a: "utf-8"
for row in sys.stdin:
    data = base64.b64decode(json.loads(row))
    out = {"names": [], "errors": 0, "includes": [], "indexes": []}
    try:
        content = decode(data)
    except Exception as e:
        out["undecodable"] = True
        print(json.dumps(out)); continue
    for n, line in preprocess(content):
        try:
            args, opts = parse(line)
        except Exception as e:
            out["errors"] += 1
            continue
        try:
            l = ParsedLine("requirements.txt", n, args, opts, False)
        except TypeError:
            l = ParsedLine(filename="requirements.txt", lineno=n, args=args, opts=opts, constraint=False)
        if l.is_requirement:
            try:
                r = install_req_from_parsed_requirement(handle_requirement_line(l))
                if r.name: out["names"].append(r.name)
            except BaseException as e:
                out["errors"] += 1
        elif opts.requirements: out["includes"].append(["r", opts.requirements[0]])
        elif opts.constraints: out["includes"].append(["c", opts.constraints[0]])
        else:
            if opts.index_url: out["indexes"].append(["index-url", opts.index_url])
            for u in opts.extra_index_urls or []: out["indexes"].append(["extra-index-url", u])
            for u in opts.find_links or []: out["indexes"].append(["find-links", u])
            if opts.no_index: out["indexes"].append(["no-index", ""])
    print(json.dumps(out))
`

type pipAnswer struct {
	Names       []string
	Errors      int
	Includes    [][2]string
	Indexes     [][2]string
	Undecodable bool
}

// pipOracle asks pip's own parser about every file in one process.
func pipOracle(t *testing.T, files [][]byte) []pipAnswer {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: requirements were not compared with pip")
	}
	if err := exec.Command(python, "-c", "import pip._internal.req.req_file").Run(); err != nil {
		t.Skip("pip is not installed: requirements were not compared with it")
	}
	var in bytes.Buffer
	for _, f := range files {
		row, _ := json.Marshal(base64.StdEncoding.EncodeToString(f))
		in.Write(append(row, '\n'))
	}
	cmd := exec.Command(python, "-c", pipProbe)
	cmd.Dir, cmd.Stdin = t.TempDir(), &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pip's parser: %v\n%s", err, stderr.Bytes())
	}
	var answers []pipAnswer
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var a pipAnswer
		if err := dec.Decode(&a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(files) {
		t.Fatalf("%d answers to %d files", len(answers), len(files))
	}
	return answers
}

// A generator makes lines of requirements files.
type generator struct{ extracttest.Generator }

func (g generator) name() string {
	return g.Pick("requests", "zz-absent", "Flask_Login", "a", "ruamel.yaml", "x2", "cv2", "zope.interface", "py", "A.B-c_d", "-", "_x", "x-", "1", "naïve", "req‐uests", "tar", "name.zip", "your-sdk")
}

func (g generator) version() string {
	return g.Pick("==1.0", ">=1,<2", "~=1.4", " == 1.*", ">= 1 , != 1.2", "===2", "", "", "(>=1)", " (==1.0, <2)", "<2", "=1.0", "=1.0=py_0", ">=1<2", "==1;", "!", "== ${FIGVAR_V}", "@1", " 1.0")
}

func (g generator) marker() string {
	return g.Pick("", "", "", `; python_version < "3.9"`, `;sys_platform=='win32'`, ` ; extra == "x"`, `; python_version >= "3" and os_name == 'nt'`, "; bogus", " ;")
}

func (g generator) option() string {
	v := g.Pick("a.txt", "sub/b.txt", `"with blank.txt"`, `'q.txt'`, `x\ y.txt`, "https://h.example/r.txt", "${FIGVAR_X}/r.txt", "", "-x", "a=b")
	u := g.Pick("https://pypi.org/simple", "https://pypi.org/simple/", `"https://corp.example/simple"`, "https://u:p@corp.example/s", "file:///srv", "./wheels", "")
	return g.Pick("-r "+v, "-r"+v, "--requirement="+v, "--requirement "+v, "--requirem "+v, "--req "+v, "--requ="+v, "-c "+v, "-c"+v, "--constraint "+v, "--cons="+v, "--con "+v,
		"-i "+u, "-i"+u, "--index-url="+u, "--index-url "+u, "--index "+u, "--pypi-url "+u, "--extra-index-url "+u, "--extra="+u, "-f "+u, "--find-links="+u, "--no-index", "--no-i", "--no-index=1", "--pre", "--prefer-binary",
		"--no-binary :all:", "--only-binary=:none:", "--trusted-host h.example", "--require-hashes", "--hash=sha256:"+strings.Repeat("a", 64), "--hash sha256:abc", "--global-option=\"x y\"", "-C a=b", "--config-settings k=v", "--use-feature=fast-deps",
		"--unknown", "--unknown=x", "-x", "--", "-", "-- -r z.txt", "-e .", "-e ./sub", "-e git+https://h/x.git#egg="+g.name(), "-egit+ssh://git@h/x@v1#egg="+g.name()+"&subdirectory=y", "--editable=git+https://h/x.git", "--editable \"git+https://h/x.git#egg=quoted\"", "-e svn+http://h/r@1#egg=sub[x]", "-e "+g.name())
}

func (g generator) requirement() string {
	n := g.name()
	switch g.IntN(14) {
	case 0:
		return n + "[" + g.Pick("a", "a,b", "a, b", "", " a ", "a", "-") + "]" + g.version() + g.marker()
	case 1:
		return n + g.Pick(" @ ", "@", " @", "@ ") + g.Pick("https://h.example/x.whl", "git+https://h/x.git", "file:///x/y.tar.gz", "./x", "https://h/x.zip#egg=other", "h") + g.Pick("", "", " ; python_version>'3'", "; python_version>'3'")
	case 2:
		return g.Pick("https://h.example/x-1.0.tar.gz", "http://h/"+n+"-1.0-py3-none-any.whl", "git+https://h/x.git#egg="+n, "git+https://h/x.git@v1#subdirectory=s&egg="+n, "git+ssh://git@h/x", "HTTPS://h/x.zip#egg="+n+"[z]", "ftp://h/x.tgz", "git+x://h/a", "git@h:x/y.git", "hg+http://h/r#egg="+n) + g.Pick("", "", " ; os_name=='nt'", "; os_name=='nt'", ";os_name=='nt'")
	case 3:
		return g.Pick("./x", "../y", ".", "/abs/z", "a/b", "~/c", `a\b`, "./"+n+"-1.0-py2.py3-none-any.whl", "dist/"+n+"-1.0.tar.gz", n+".zip", n+"-2.whl", ".[dev]", "./x[extra]", "x.tar.gz[extra]", n+"@x.zip", "file:x", "file:./y#egg="+n)
	case 4:
		return n + g.version() + g.marker() + " " + g.option()
	case 5:
		return n + " " + g.Pick("--hash=sha256:"+strings.Repeat("b", 64), `--config-settings "a=b"`, "\t--hash=sha256:aa", "-r other.txt", "--hash", "--global-option='a", "-", "--")
	case 6:
		return g.Pick("{{ cookiecutter.x }}", "${FIGVAR_A}", n+"${FIGVAR_A}", n+"==${FIGVAR_V}", "<name>", "%x%", "!!! ???", "Package Version", "---- ----", n+" 1.0", "numpy=1.2=py39_0", "$x", `"`+n+`"`, "'"+n+"'", n+",", n+" and "+n, "["+n+"]", "name: "+n)
	}
	return n + g.version() + g.marker()
}

// line makes one physical line or several that belong together.
func (g generator) line() string {
	s := ""
	switch g.IntN(10) {
	case 0:
		s = g.option()
	case 1:
		s = g.option() + g.Pick(" ", "  ", "\t") + g.option()
	case 2:
		return g.Pick("# comment", "#", "  # "+g.name(), "\t#"+g.name()+` \`, `# \`, "# "+g.name()+"\x0b"+g.name(), "# "+g.name()+"\u2028"+g.name(), "# a\u0085"+g.name(), "# x\x1c"+g.name(), "\u00a0# "+g.name(), "# nul \x00 here", "#"+g.name()+"\r"+g.name())
	case 3:
		return ""
	default:
		s = g.requirement()
	}
	s = g.Pick("", "", "", "", " ", "\t", "\u00a0", "\u3000", `\`) + s + g.Pick("", "", "", "", " ", "\t", "\u2003", `\ `, " \\", `\\`)
	s += g.Pick("", "", "", "", " # note", "\t# x -r y.txt", "#tight", "\u2003# wide", ` # note \`, " #")
	if g.IntN(6) == 0 { // continue inside
		at := g.IntN(len(s) + 1)
		for at > 0 && at < len(s) && s[at]&0xc0 == 0x80 {
			at--
		}
		s = s[:at] + g.Pick(`\`, ` \`, `\\`) + g.Pick("\n", "\r\n", "\v", "\u2028", "\n  ", "\n# c\n", "\n\n") + s[at:]
	}
	return s
}

// file makes a requirements file of one line, which shows most, or of about
// ten, in one of several encodings.
func (g generator) file() []byte {
	var b strings.Builder
	cookie := ""
	if g.IntN(8) == 0 {
		cookie = g.Pick("utf-8", "UTF8", "latin-1", "latin1", "iso-8859-1", "ascii", "utf_8", "cp819", "L1", "utf-7", "cp1252", "utf-16", "rot13", "nonsense", "utf-8-sig")
		b.WriteString(g.Maybe(2, "# first\n") + g.Pick("# -*- coding: ", "# coding=", "#coding:", "# vim: set fileencoding=") + cookie + g.Pick(" -*-\n", "\n", "\r\n"))
	}
	n := 1
	if g.IntN(3) == 0 {
		n = 8 + g.IntN(5)
	}
	for range n {
		b.WriteString(g.line())
		b.WriteString(g.Pick("\n", "\n", "\n", "\n", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\u0085", "\u2028", "\u2029", "\x1f\n"))
	}
	s := b.String()
	switch g.IntN(20) {
	case 0:
		return append([]byte("\xef\xbb\xbf"), s...)
	case 1:
		out := []byte("\xff\xfe")
		for _, u := range utf16.Encode([]rune(s)) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out
	case 2:
		out := []byte("\xfe\xff")
		for _, u := range utf16.Encode([]rune(s)) {
			out = append(out, byte(u>>8), byte(u))
		}
		return out
	case 3:
		return append([]byte("# coding: latin-1\n"), strings.ReplaceAll(strings.ReplaceAll(s, "\u0085", "\x85"), "\u00a0", "\xa0")...)
	case 4:
		return []byte(strings.Replace(s, "\u0085", "\x85", 1))
	}
	return []byte(s)
}

// comparePip says what differs between pip's answer and what is read here.
func comparePip(data []byte, want pipAnswer) (missed, extra, other []string) {
	told := false
	file := &source.File{Path: "requirements.txt", Data: data}
	refs, problems := File(file)
	encoding := false
	for _, p := range problems {
		told = told || p.Dropped
		encoding = encoding || strings.HasPrefix(p.Text, "the encoding is")
	}
	if encoding { // names may be missing or wrong, and it says so
		return nil, nil, nil
	}
	got := map[string]int{}
	for _, r := range refs {
		got[ecosystem.Normalize(ecosystem.PyPI, r.Name)]++
	}
	if want.Undecodable {
		if !told {
			other = append(other, "pip cannot decode it and nothing is told")
		}
		return nil, nil, other
	}
	for _, n := range want.Names {
		n = ecosystem.Normalize(ecosystem.PyPI, n)
		if got[n] == 0 {
			missed = append(missed, n)
		} else {
			got[n]--
		}
	}
	for n, k := range got {
		for range k {
			extra = append(extra, n)
		}
	}
	slices.Sort(extra)
	// What a file that pip refuses includes does not matter.
	if src, m := text.Decode(data); want.Errors == 0 {
		frag := &text.Fragment{Path: "requirements.txt", Name: "requirements.txt", Text: src, Map: m}
		var includes, indexes [][2]string
		for _, i := range requirementsIncludes(frag) {
			includes = append(includes, [2]string{map[bool]string{true: "c", false: "r"}[i.Constraint], i.Path})
		}
		for _, i := range pipRoutes(frag) {
			indexes = append(indexes, [2]string{i.Option, i.URL})
		}
		// pip keeps a URL and the others by option and not by place in a line.
		for _, l := range []*[][2]string{&includes, &indexes, &want.Includes, &want.Indexes} {
			*l = slices.DeleteFunc(*l, func(x [2]string) bool { return x[1] == "" && x[0] != "no-index" })
			slices.SortFunc(*l, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
			*l = slices.Compact(*l)
		}
		if !slices.Equal(includes, want.Includes) {
			other = append(other, fmt.Sprintf("includes %q, pip %q", includes, want.Includes))
		}
		if !slices.Equal(indexes, want.Indexes) {
			other = append(other, fmt.Sprintf("indexes %q, pip %q", indexes, want.Indexes))
		}
	}
	return missed, extra, other
}

// TestDifferentialPip reads ten thousand generated lines here and with pip's own
// parser: every name that pip sees is listed or its file is told in full, and
// none is made up where pip has no complaint.
func TestDifferentialPip(t *testing.T) {
	extracttest.Nightly(t)
	var files [][]byte
	lines := 0
	for _, seed := range []uint64{1, 2, 3, 20261130} {
		g := generator{extracttest.Generator{Rand: rand.New(rand.NewPCG(seed, 7))}}
		for range 2000 {
			f := g.file()
			files = append(files, f)
			lines += 1 + bytes.Count(f, []byte("\n"))
		}
	}
	answers := pipOracle(t, files)
	names, made, failures, exact := 0, 0, 0, 0
	for i, a := range answers {
		missed, extra, other := comparePip(files[i], a)
		names += len(a.Names)
		made += len(extra)
		if a.Errors == 0 && !a.Undecodable {
			exact++
		}
		if len(missed) > 0 || len(other) > 0 || a.Errors == 0 && len(extra) > 0 {
			if failures++; failures < 12 {
				t.Errorf("%q\nmissed %q, made up %q, %v (pip: %+v)", files[i], missed, extra, other, a)
			}
		}
	}
	t.Logf("%d files, %d lines, %d names; %d names of lines that pip refuses; %d files differ; %d compared in full", len(files), lines, names, made, failures, exact)
}

// A pipRoute is where a requirements file says that names are to be looked up.
type pipRoute struct {
	Option string // index-url, extra-index-url, find-links or no-index
	URL    string // as written; empty for no-index
	Span   text.Span
}

// pipRoutes lists the options of a requirements file that say where names come
// from, in order. In pip they hold for the whole run, whatever file they stand
// in.
func pipRoutes(f *text.Fragment) []pipRoute {
	var out []pipRoute
	names := map[int]string{pipIndex: "index-url", pipExtra: "extra-index-url", pipLinks: "find-links", pipNoIndex: "no-index"}
	pipItems(f, func(it *pipItem) {
		if it.refused || it.args != "" || it.editable != nil {
			return
		}
		for k, v := range it.options {
			if v.option == pipIndex && slices.ContainsFunc(it.options[k+1:], func(later pipValue) bool { return later.option == pipIndex }) {
				continue // of several in a line the last counts
			}
			if name := names[v.option]; name != "" {
				out = append(out, pipRoute{name, v.text, f.Map.Outer(it.line.span(v.start, v.end))})
			}
		}
	})
	return out
}
