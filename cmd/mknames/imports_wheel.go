package main

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
)

// wheelInfo is what one wheel says.
type wheelInfo struct {
	modules map[string]bool // as of dist
	needs   []string
}

// wheel reads the directory and METADATA of a wheel of distribution own by
// ranges.
func (g *gatherer) wheel(ctx context.Context, u *url.URL, own string) (wheelInfo, error) {
	r := &ranged{ctx: ctx, g: g, url: u}
	if err := r.open(); err != nil {
		return wheelInfo{}, err
	}
	info, err := readWheel(r, r.size, own, g.roots)
	if r.err != nil { // what a reader makes of a failed range says less
		return wheelInfo{}, r.err
	}
	return info, err
}

// readWheel reads a wheel of distribution own: a zip file (PEP 427).
func readWheel(r io.ReaderAt, size int64, own string, roots map[string]bool) (wheelInfo, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return wheelInfo{}, errors.New("it is no zip file")
	}
	if len(z.File) > maxFiles {
		return wheelInfo{}, errors.New("it has too many files")
	}
	paths := make([]string, 0, len(z.File))
	var info wheelInfo
	var named, spaces []string
	for _, f := range z.File {
		paths = append(paths, f.Name)
		dir, base := path.Split(f.Name)
		if base != "METADATA" || strings.Count(dir, "/") != 1 || !strings.HasSuffix(dir, ".dist-info/") || named != nil || info.needs != nil {
			continue
		}
		rc, err := f.Open()
		if err != nil {
			return wheelInfo{}, errors.New("its METADATA cannot be read")
		}
		text, err := io.ReadAll(io.LimitReader(rc, maxMetadata))
		rc.Close()
		if err != nil {
			return wheelInfo{}, errors.New("its METADATA cannot be read")
		}
		named, spaces, info.needs = metadata(string(text))
	}
	if named != nil { // PEP 794: the author's own list
		info.modules = map[string]bool{}
		for _, m := range named {
			if m != "" {
				info.modules[m] = false
			}
		}
	} else {
		info.modules = modulesOf(paths, own, roots)
	}
	for _, n := range spaces {
		if _, ok := info.modules[n]; ok {
			info.modules[n] = true
		}
	}
	return info, nil
}

// metadata reads the headers of core metadata 2.5: Import-Name (nil: there is
// none), Import-Namespace and what is always required.
func metadata(text string) (names, spaces, needs []string) {
	seen := map[string]bool{}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break // the description follows
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || key == "" || key[0] == ' ' || key[0] == '\t' {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(key) {
		case "import-name":
			name, private, _ := strings.Cut(value, ";")
			if name = strings.TrimSpace(name); strings.TrimSpace(private) == "private" {
				name = ""
			}
			if name == "" || dotted(name) {
				names = append(names, name)
			}
		case "import-namespace":
			name, _, _ := strings.Cut(value, ";")
			if name = strings.TrimSpace(name); dotted(name) {
				spaces = append(spaces, name)
			}
		case "requires-dist":
			req, marker, _ := strings.Cut(value, ";")
			end := strings.IndexFunc(req, func(c rune) bool { return !strings.ContainsRune("-_.", c) && !letter(c) })
			if end >= 0 {
				req = req[:end]
			}
			name := ecosystem.Normalize(ecosystem.PyPI, req)
			if name != "" && !strings.Contains(marker, "extra") && !seen[name] {
				seen[name] = true
				needs = append(needs, name)
			}
		}
	}
	return names, spaces, needs
}

func letter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// identifier reports whether a part of a path can be a part of a module's name.
func identifier(s string) bool {
	if s == "" || len(s) > 100 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool { return c != '_' && !letter(c) })
}

func dotted(s string) bool {
	return len(s) <= 300 && !slices.ContainsFunc(strings.Split(s, "."), func(p string) bool { return !identifier(p) })
}

// dropped are top levels that many wheels carry by mistake: nobody means them,
// unless the distribution is called so.
var dropped = []string{
	"__pycache__", "benchmark", "benchmarks", "build", "conftest", "dist", "doc", "docs", "example", "examples",
	"sample", "samples", "script", "scripts", "setup", "test", "tests", "util", "utils",
}

// A folder of a wheel.
type folder struct {
	init bool // has __init__
	code bool // something below is a module
	subs map[string]*folder
	mods map[string]bool // modules in it
}

// modulesOf are the modules that a wheel's files make: top levels, and below
// folders without __init__ (PEP 420) and known namespaces their parts. The
// value says that it is a bare folder. own is the distribution's name.
func modulesOf(paths []string, own string, roots map[string]bool) map[string]bool {
	top := &folder{subs: map[string]*folder{}}
	for _, p := range paths {
		parts := strings.Split(p, "/")
		if len(parts) > 2 && strings.HasSuffix(parts[0], ".data") && (parts[1] == "purelib" || parts[1] == "platlib") {
			parts = parts[2:]
		}
		if strings.HasSuffix(parts[0], ".dist-info") || strings.HasSuffix(parts[0], ".data") || len(parts) > 32 {
			continue
		}
		mod, ok := moduleFile(parts[len(parts)-1])
		if !ok || slices.ContainsFunc(parts[:len(parts)-1], func(s string) bool { return !identifier(s) }) {
			continue
		}
		at := top
		for _, s := range parts[:min(len(parts)-1, maxDepth+1)] {
			next := at.subs[s]
			if next == nil {
				next = &folder{subs: map[string]*folder{}, mods: map[string]bool{}}
				at.subs[s] = next
			}
			at = next
			at.code = true
		}
		switch {
		case len(parts)-1 > maxDepth+1:
		case mod == "__init__":
			at.init = true
		case at == top:
			if top.mods == nil {
				top.mods = map[string]bool{}
			}
			top.mods[mod] = true
		default:
			at.mods[mod] = true
		}
	}
	out := map[string]bool{}
	drop := func(name string) bool {
		return slices.Contains(dropped, name) && ecosystem.Normalize(ecosystem.PyPI, name) != own
	}
	var walk func(f *folder, prefix string, depth int)
	walk = func(f *folder, prefix string, depth int) {
		for m := range f.mods {
			if prefix != "" || !drop(m) {
				out[prefix+m] = false
			}
		}
		for name, sub := range f.subs {
			if !sub.code || prefix == "" && drop(name) {
				continue
			}
			full := prefix + name
			bare := !sub.init || roots[full]
			out[full] = bare
			if bare && depth < maxDepth {
				walk(sub, full+".", depth+1)
			}
		}
	}
	walk(top, "", 1)
	delete(out, "__init__")
	return out
}

// moduleFile is the module that a file is: "a" of "a.py" and of
// "a.cpython-312-x86_64-linux-gnu.so".
func moduleFile(base string) (string, bool) {
	stem, _, _ := strings.Cut(base, ".")
	switch path.Ext(base) {
	case ".py":
		return stem, identifier(stem) && base == stem+".py"
	case ".so", ".pyd":
		return stem, identifier(stem)
	}
	return "", false
}
