package report

import (
	"cmp"
	"io"
	"slices"

	"figment/ecosystem"
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
		eco := s.Ecosystem.OSV()
		if eco == "" || ecosystem.CheckName(s.Ecosystem, s.Name).State == ecosystem.Invalid {
			continue
		}
		for n := range s.Uses {
			u := &s.Uses[n]
			if u.From != extract.FromRegistry || u.Kind != extract.Manifest && u.Kind != extract.Lockfile && u.Kind != extract.Command {
				continue
			}
			if v := s.Ecosystem.Pinned(u.Constraint, u.Kind == extract.Lockfile); v != "" {
				k := key{u.Path, osvPackageInfo{s.Name, v, eco}}
				ids[k] = append(ids[k], []string{}...)
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		eco := f.Package.Ecosystem.OSV()
		if len(f.Advisories) == 0 || eco == "" {
			continue
		}
		for _, l := range f.Locations() {
			if v := f.Package.Ecosystem.Pinned(l.Constraint, l.Kind == "lockfile"); v != "" && l.Path != "" {
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
