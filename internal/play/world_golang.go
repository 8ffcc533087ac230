package play

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
)

// The documents of a Go module proxy.
const (
	goList   = "list"
	goLatest = "latest"
	goInfo   = "info"
	goMod    = "mod"
)

// askGo reads /MODULE/@latest, /MODULE/@v/list and /MODULE/@v/VERSION with the
// endings .info and .mod. Capitals are escaped as the go command escapes them.
func askGo(path string) (question, bool) {
	q := question{eco: ecosystem.Golang}
	name, rest, found := strings.Cut(path, "/@v/")
	if found {
		switch v, ok := strings.CutSuffix(rest, ".info"); {
		case rest == "list":
			q.doc = goList
		case ok:
			q.doc, q.version = goInfo, v
		default:
			if q.version, ok = strings.CutSuffix(rest, ".mod"); !ok {
				return question{}, false
			}
			q.doc = goMod
		}
	} else if name, found = strings.CutSuffix(path, "/@latest"); found {
		q.doc = goLatest
	}
	if !found {
		return question{}, false
	}
	var err error
	if q.given, err = module.UnescapePath(name); err != nil {
		return question{}, false
	}
	if q.version != "" {
		if q.version, err = module.UnescapeVersion(q.version); err != nil {
			return question{}, false
		}
	}
	return q, true
}

func serveGo(rw http.ResponseWriter, q question, p Profile, found, forbid bool) {
	if found && p.Status == StatusUnpublished {
		found = false
	}
	if !found {
		host, _, _ := strings.Cut(q.name, "/")
		if forbid {
			reply(rw, http.StatusForbidden, typeText, "Forbidden\n")
			return
		}
		reply(rw, http.StatusNotFound, typeText, fmt.Sprintf("not found: module %s: git ls-remote -q origin: exit status 128:\n"+
			"\tfatal: could not read Username for 'https://%s': terminal prompts disabled\n"+
			"Confirm the import path was entered correctly.\n"+
			"If this is a private repository, see https://golang.org/doc/faq#git_https for additional information.\n", q.name, host))
		return
	}
	var list []string
	var latest string
	switch p.Status {
	case "":
		list = goVersions(q.name, &p)
		latest = p.latest(list)
	case StatusNoFiles:
		_, major, _ := module.SplitPathVersion(q.name)
		latest = module.PseudoVersion(module.PathMajorPrefix(major), "", p.created(), "0123456789ab")
	default:
		cannot(rw, q, p)
		return
	}
	switch q.doc {
	case goList:
		text := ""
		if len(list) > 0 {
			text = strings.Join(list, "\n") + "\n"
		}
		reply(rw, http.StatusOK, typeText, text)
		return
	case goLatest:
		q.version = latest
	}
	if !slices.Contains(list, q.version) && q.version != latest && !(p.open() && p.Status == "" && goCanonical(q.version)) {
		reply(rw, http.StatusNotFound, typeText, fmt.Sprintf("not found: %s@%s: invalid version: unknown revision %s\n", q.name, q.version, q.version))
		return
	}
	if q.doc == goMod {
		reply(rw, http.StatusOK, typeText, goModFile(q.name, &p))
		return
	}
	i := max(slices.Index(list, q.version), 0)
	if p.Bare {
		reply(rw, http.StatusOK, typeJSON, fmt.Sprintf(`{"Version":%s}`, quote(q.version)))
		return
	}
	reply(rw, http.StatusOK, typeJSON, fmt.Sprintf(`{"Version":%s,"Time":%q}`, quote(q.version), p.time(i).Format(time.RFC3339)))
}

func goCanonical(v string) bool {
	return gosemver.IsValid(v) && gosemver.Canonical(v)+gosemver.Build(v) == v
}

// goVersions are the versions of a module in ascending order, with the letter
// that Profile may leave out. Of the spread only those that the path allows.
func goVersions(name string, p *Profile) []string {
	_, major, _ := module.SplitPathVersion(name)
	var out []string
	for _, v := range p.list() {
		if !strings.HasPrefix(v, "v") {
			v = "v" + v
		}
		if len(p.Versions) == 0 && module.CheckPathMajor(v, major) != nil {
			if v += "+incompatible"; !strings.HasSuffix(v, ".0.0+incompatible") || module.CheckPathMajor(v, major) != nil {
				continue
			}
		}
		out = append(out, v)
	}
	if len(out) == 0 { // a major version beyond the spread
		out = []string{module.PathMajorPrefix(major) + ".0.0"}
	}
	return out
}

func goModFile(name string, p *Profile) string {
	var b strings.Builder
	if p.Deprecated != "" {
		fmt.Fprintf(&b, "// Deprecated: %s\n", strings.Join(strings.Fields(p.Deprecated), " "))
	}
	fmt.Fprintf(&b, "module %s\n", name)
	for _, v := range p.Yanked {
		fmt.Fprintf(&b, "\nretract v%s // withdrawn\n", strings.TrimPrefix(v, "v"))
	}
	return b.String()
}
