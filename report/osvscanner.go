package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/osv"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/verdict"
)

type osvResults struct {
	Results []osvSource `json:"results"`
	Config  osvConfig   `json:"experimental_config"`
}

type osvConfig struct {
	Licenses osvLicenses `json:"licenses"`
}

type osvLicenses struct {
	Summary   bool     `json:"summary"`
	Allowlist []string `json:"allowlist"`
}

type osvSource struct {
	Source   osvSourceInfo `json:"source"`
	Packages []osvPackage  `json:"packages"`
}

type osvSourceInfo struct {
	Path string `json:"path"`
	Type string `json:"type"`
}

type osvPackage struct {
	Package         osvPackageInfo `json:"package"`
	Vulnerabilities []osvID        `json:"vulnerabilities,omitempty"`
	Groups          []osvGroup     `json:"groups,omitempty"`
}

type osvPackageInfo struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	Ecosystem string `json:"ecosystem"`
}

type osvID struct {
	ID string `json:"id"`
}

type osvGroup struct {
	IDs         []string `json:"ids"`
	Aliases     []string `json:"aliases"`
	MaxSeverity string   `json:"max_severity"`
}

// writeOSVScanner writes the packages whose version is known as osv-scanner's
// own JSON, which it reads back as a lock file ("osv-scanner:FILE"). Names that
// may be private are left out, since osv-scanner asks osv.dev about what it
// reads, and so are those that their registry denies. The format has no room for
// what could not be checked.
// https://google.github.io/osv-scanner/output/#json
func writeOSVScanner(w io.Writer, r *scanner.Report, o Options) error {
	type key struct {
		path string
		pkg  osvPackageInfo
	}
	ids := map[key][]string{} // every package has an entry, mostly an empty one
	for i := range r.Subjects {
		j := &r.Subjects[i]
		s := j.Subject
		if s == nil || s.Origin != project.Public || j.Verdict.Class == verdict.Nonexistent {
			continue
		}
		eco := osv.Word(s.Ecosystem)
		if eco == "" || ecosystem.CheckName(s.Ecosystem, s.Name).State == ecosystem.Invalid {
			continue
		}
		for n := range s.Uses {
			u := &s.Uses[n]
			if u.From != extract.FromRegistry || u.Kind != extract.Manifest && u.Kind != extract.Lockfile && u.Kind != extract.Command {
				continue
			}
			if v := pinned(s.Ecosystem, u.Constraint, u.Kind == extract.Lockfile); v != "" {
				k := key{u.Path, osvPackageInfo{s.Name, v, eco}}
				ids[k] = append(ids[k], []string{}...)
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		eco := osv.Word(f.Package.Ecosystem)
		if len(f.Advisories) == 0 || eco == "" {
			continue
		}
		for _, l := range f.Locations() {
			if v := pinned(f.Package.Ecosystem, l.Constraint, l.Kind == "lockfile"); v != "" && l.Path != "" {
				k := key{l.Path, osvPackageInfo{f.Package.Name, v, eco}}
				ids[k] = append(ids[k], f.Advisories...)
			}
		}
	}

	keys := make([]key, 0, len(ids))
	for k := range ids {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.pkg.Ecosystem, b.pkg.Ecosystem), cmp.Compare(a.pkg.Name, b.pkg.Name), cmp.Compare(a.pkg.Version, b.pkg.Version))
	})
	doc := osvResults{Results: []osvSource{}, Config: osvConfig{osvLicenses{Allowlist: []string{}}}}
	for _, k := range keys {
		if n := len(doc.Results); n == 0 || doc.Results[n-1].Source.Path != k.path {
			doc.Results = append(doc.Results, osvSource{Source: osvSourceInfo{k.path, "lockfile"}})
		}
		p := osvPackage{Package: k.pkg}
		list := ids[k]
		slices.Sort(list)
		for _, id := range slices.Compact(list) {
			p.Vulnerabilities = append(p.Vulnerabilities, osvID{id})
			p.Groups = append(p.Groups, osvGroup{[]string{id}, []string{id}, ""})
		}
		last := &doc.Results[len(doc.Results)-1]
		last.Packages = append(last.Packages, p)
	}
	return encode(w, doc, o)
}

// pinned is the one version that a constraint names, or "". A lock file names
// versions; elsewhere a bare number is a range in most ecosystems.
func pinned(e ecosystem.Ecosystem, constraint string, locked bool) string {
	v := strings.TrimSpace(constraint)
	switch e {
	case ecosystem.PyPI:
		exact := strings.HasPrefix(v, "==")
		v = strings.TrimSpace(strings.TrimLeft(v, "="))
		if !exact && !locked {
			return ""
		}
	case ecosystem.NPM:
		v = strings.TrimLeft(v, "=v ")
		if !three(v) {
			return ""
		}
	case ecosystem.Golang:
		core, ok := strings.CutPrefix(v, "v")
		if !ok && !locked || !three(core) {
			return ""
		}
		v = core // as OSV writes versions of Go
	default:
		if !locked {
			return ""
		}
		v = strings.TrimPrefix(v, "v")
	}
	if v == "" || len(v) > 128 || v[0] < '0' || v[0] > '9' {
		return ""
	}
	for i := 0; i < len(v); i++ {
		c := v[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte(".+-_!", c) < 0 {
			return ""
		}
	}
	return v
}

// three reports whether v begins like a full semantic version: three numbers.
func three(v string) bool {
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		v = v[:i]
	}
	return strings.Count(v, ".") == 2 && strings.Trim(v, "0123456789.") == "" && !strings.Contains("."+v+".", "..")
}
