package pypi

import (
	"fmt"
	"path"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/pypi/pep508"
	"figment/internal/lazyregexp"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// extractRequirements reads what pip reads with -r and -c, line by line as pip's
// own parser does. Where pip would refuse a line, a name that is beyond doubt is
// listed all the same.
//
// Specification: https://pip.pypa.io/en/stable/reference/requirements-file-format/
func extractRequirements(f *text.Fragment, e *extract.Emitter) error {
	r := requirements{e: e}
	if strings.Contains(path.Base(f.Name), "constraints") {
		r.scope = "constraint"
	}
	encoding := pipItems(f, r.item)
	// Indexes hold for the whole file, the last one for all, so that names wait
	// for the end.
	index, others := r.indexes()
	for i := range r.refs {
		r.refs[i].Index, r.refs[i].Others = index, others
		e.Reference(r.refs[i])
	}
	if f.Label == "" { // of a snippet no problem is told
		r.tell()
	}
	switch {
	case encoding != "":
		return &text.SyntaxError{Lost: true, Why: string(source.Encoding),
			Text: fmt.Sprintf("the encoding is %s, and names may be missing or wrong: save it as UTF-8", encoding)}
	case r.bad.n > 0:
		hint := ""
		if r.equals == r.bad.n {
			hint = ": = is no operator, write =="
		}
		return &text.SyntaxError{Span: r.bad.first, Lost: true,
			Text: fmt.Sprintf("%s no Python requirement and %s not read%s", r.bad.lines("is", "are"), r.bad.lines1("was", "were"), hint)}
	}
	return nil
}

// A lineCount counts lines of one kind.
type lineCount struct {
	n     int
	first text.Span
}

func (c *lineCount) add(at text.Span) {
	if c.n++; c.n == 1 {
		c.first = at
	}
}

func (c *lineCount) lines(one, many string) string {
	if c.n == 1 {
		return "1 line " + one
	}
	return fmt.Sprintf("%d lines %s", c.n, many)
}

func (c *lineCount) lines1(one, many string) string {
	if c.n == 1 {
		return one
	}
	return many
}

type requirements struct {
	e       *extract.Emitter
	scope   string
	refs    []extract.Reference
	options []pipValue
	tabled  bool // inside what pip list prints

	bad     lineCount // no requirement
	equals  int       // of these, with a lone "="
	conda   lineCount // name=version=build
	table   lineCount // rows of a table
	dynamic lineCount // named by the environment
}

// tell reports the lines that are not read, once for each kind.
func (r *requirements) tell() {
	if r.conda.n > 0 {
		r.e.Problem(r.conda.first, fmt.Sprintf("%s of the form name=version=build, as conda list --export writes them: pip reads none of these as a requirement and they were not checked, keep them in a file for conda", r.conda.lines("is", "are")), true)
	}
	if r.table.n > 0 {
		r.e.Problem(r.table.first, "a table as pip list prints it is no list of requirements and was not read: write the file with pip freeze", true)
	}
	if r.dynamic.n > 0 {
		r.e.Problem(r.dynamic.first, fmt.Sprintf("%s a package by an environment variable and %s not checked: write the name itself", r.dynamic.lines("names", "name"), r.dynamic.lines1("was", "were")), true)
	}
}

// indexes are the index that all names are taken from, empty for the public
// one, and whether others are asked beside it.
func (r *requirements) indexes() (index string, others bool) {
	for _, v := range r.options {
		switch v.option {
		case pipIndex:
			index = v.text
			if ecosystem.PublicRegistry(ecosystem.PyPI, v.text) {
				index = ""
			}
		case pipExtra:
			others = others || !ecosystem.PublicRegistry(ecosystem.PyPI, v.text)
		case pipLinks:
			others = true
		}
	}
	for _, v := range r.options {
		if v.option == pipNoIndex {
			return "--no-index", others // only from --find-links
		}
	}
	return index, others
}

var (
	tableHead  = lazyregexp.New(`^Package\s+Version(\s|$)`)
	tableRule  = lazyregexp.New(`^-{3,}\s+-{3,}[\s-]*$`)
	tableRow   = lazyregexp.New(`^[A-Za-z0-9._-]+\s+[0-9]\S*(\s+\S.*)?$`)
	condaLine  = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]*=[^=\s]+=[^=\s]+$`)
	equalsLine = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*\s*=\s*[^=\s][^=]*$`)
	envHole    = lazyregexp.New(`\$\{[A-Z0-9_]+\}`)
)

// item takes one logical line.
func (r *requirements) item(it *pipItem) {
	line := it.line.text
	switch {
	case tableHead().MatchString(line):
		r.tabled = true
		r.table.add(it.line.whole)
		return
	case r.tabled && (tableRule().MatchString(line) || tableRow().MatchString(line)):
		r.table.add(it.line.whole)
		return
	}
	r.tabled = false
	switch {
	case it.args != "":
		r.requirement(it)
	case it.editable != nil:
		r.editable(it)
	case it.refused:
		r.bad.add(it.line.whole)
	default:
		r.options = append(r.options, it.options...)
	}
}

// requirement reads the part of a line before its options.
func (r *requirements) requirement(it *pipItem) {
	text := it.args
	ref, silent, ok := pipRequirement(text)
	switch {
	case ok:
		r.add(ref, it)
	case silent:
	case envHole().MatchString(text):
		r.dynamic.add(it.line.whole)
	case strings.ContainsAny(text, "{}<$%"):
		// a template's hole
	case condaLine().MatchString(text):
		r.conda.add(it.line.whole)
	default:
		if equalsLine().MatchString(text) {
			r.equals++
		}
		r.bad.add(it.line.whole)
	}
}

// editable reads the value of -e: a directory, or a repository that may say its
// name.
func (r *requirements) editable(it *pipItem) {
	v := it.editable
	ref, _, ok := pipRequirement(v.text)
	if !ok || ref.From == extract.FromRegistry { // "-e name" is the directory of that name
		return
	}
	line := it.line.text[v.start:v.end]
	if at := strings.Index(line, v.text); at >= 0 {
		ref.Span.Start += at
		ref.Span.End += at
	} else if at := strings.LastIndex(line, ref.Name); at >= 0 {
		ref.Span = text.Span{Start: at, End: at + len(ref.Name)}
	} else {
		ref.Span = text.Span{Start: 0, End: len(line)}
	}
	ref.Span.Start += v.start
	ref.Span.End += v.start
	r.add(ref, it)
}

// add notes a reference whose span counts in the logical line.
func (r *requirements) add(ref extract.Reference, it *pipItem) {
	if len(r.refs) > extract.MaxReferences {
		return // the Emitter tells
	}
	ref.Ecosystem, ref.Kind, ref.Scope = ecosystem.PyPI, extract.Manifest, r.scope
	ref.Span = it.line.span(ref.Span.Start, ref.Span.End)
	r.refs = append(r.refs, ref)
}

// A pipItem is a logical line, parted as pip parts it: a requirement, or else
// an editable one, or else files to include, or else options.
type pipItem struct {
	line     pipLine
	args     string // the requirement; it begins the line
	editable *pipValue
	include  *pipValue
	options  []pipValue
	refused  bool // pip does not understand the options
}

// pipItems reads a requirements file. encoding is what its bytes are in where
// that is not read.
func pipItems(f *text.Fragment, visit func(*pipItem)) (encoding string) {
	text, m, encoding := pipText(f)
	pipLines(text, m, func(line pipLine) {
		if line.text == "" {
			return
		}
		it := &pipItem{line: line}
		args, at := splitPipLine(line.text)
		it.args = args
		if at < len(line.text) {
			values, ok := pipOptionsOf(line.text, at)
			it.refused = !ok
			for i := range values {
				switch v := &values[i]; {
				case v.option == pipEditable && it.editable == nil:
					it.editable = v
				case v.option == pipInclude && (it.include == nil || it.include.option == pipConstraint):
					it.include = v
				case v.option == pipConstraint && it.include == nil:
					it.include = v
				}
			}
			// What follows a requirement or stands beside an editable one or a
			// file does not count, in pip's own order.
			if args != "" || it.editable != nil {
				it.include = nil
			} else if it.include == nil {
				it.options = values
			}
		}
		visit(it)
	})
	return encoding
}

// pipRequirement reads one requirement in the order in which pip tells a URL, a
// path and a name apart. The span of the reference counts in s. silent says
// that s names no package by itself: a path or a URL.
func pipRequirement(s string) (ref extract.Reference, silent, ok bool) {
	if pipURL(s) {
		url, marker, _ := strings.Cut(s, "; ")
		ref, ok = urlRequirement(strings.TrimRightFunc(url, pythonSpace))
		ref.Marker = strings.TrimSpace(marker)
		return ref, true, ok
	}
	spec, _, _ := strings.Cut(s, ";")
	spec = strings.TrimRightFunc(spec, pythonSpace)
	before, _, direct := strings.Cut(spec, "@")
	if pipArchive(spec) && !(direct && !pipPathLike(before)) {
		ref, ok = urlRequirement(spec)
		return ref, true, ok
	}
	if req, good := pep508.Parse(s); good && !pep508.LoneEquals(req.Constraint) {
		return req.Reference(0, extract.Manifest), false, true
	}
	return ref, pipPathLike(spec) && !envHole().MatchString(spec), false
}

// pipURL reports whether pip takes s for a URL by what stands before its colon.
func pipURL(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok {
		return false
	}
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "http", "https", "file", "ftp":
		return true
	}
	tool, over, ok := strings.Cut(scheme, "+")
	switch {
	case !ok, over == "", strings.ContainsAny(over, " \t[]@/"):
		return false
	}
	return tool == "git" || tool == "hg" || tool == "svn" || tool == "bzr"
}

// pipPathLike reports whether pip looks for a directory: a separator of any
// system, or a dot at the start.
func pipPathLike(s string) bool {
	return strings.ContainsAny(s, `/\`) || strings.HasPrefix(s, ".")
}

// pipArchive reports whether a path, its extras cut off, is called like an
// archive.
func pipArchive(s string) bool {
	if strings.HasSuffix(s, "]") && !strings.HasSuffix(s, "[]") {
		if at := strings.LastIndexByte(s, '['); at > 0 {
			s = s[:at]
		}
	}
	s = strings.TrimRight(strings.ToLower(s), "/")
	for _, ext := range []string{".zip", ".whl", ".tar.bz2", ".tbz", ".tar.gz", ".tgz", ".tar", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"} {
		if base, ok := strings.CutSuffix(s, ext); ok && base != "" && !strings.HasSuffix(base, "/") {
			return true
		}
	}
	return false
}

var (
	wheelName = lazyregexp.New(`^([^\s-]+)-[^\s-]*(-[0-9][^-]*)?-[^\s-]+-[^\s-]+-[^\s-]+\.whl$`)
	eggName   = lazyregexp.New(`[#&]egg=([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)`)
)

// urlRequirement reads the name out of a URL or path: that of a wheel, or of
// the fragment egg=.
func urlRequirement(url string) (ref extract.Reference, ok bool) {
	ref.From = pep508.Source(url)
	if !pipURL(url) {
		ref.From = extract.FromPath
	}
	file := url
	if at := strings.IndexAny(file, "#?"); at >= 0 && pipURL(url) {
		file = file[:at]
	}
	at := strings.LastIndexAny(file, `/\`) + 1
	if name := wheelName().FindStringSubmatch(strings.TrimSuffix(file[at:], "]")); name != nil {
		ref.Name = strings.ReplaceAll(name[1], "_", "-")
		ref.Span = text.Span{Start: at, End: at + len(name[1])}
		return ref, extract.IsAlnum(ref.Name[0]) && !strings.ContainsFunc(ref.Name, func(r rune) bool { return r >= 0x80 || !pep508.IsNameByte(byte(r)) })
	}
	if found := eggName().FindStringSubmatchIndex(url); found != nil && pipURL(url) {
		ref.Name = url[found[2]:found[3]]
		ref.Span = text.Span{Start: found[2], End: found[3]}
		return ref, true
	}
	return ref, false
}
