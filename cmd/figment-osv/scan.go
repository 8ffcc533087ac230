//go:build osv

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/osv-scalibr/extractor"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/requirements"
	"github.com/google/osv-scanner/v2/pkg/models"
	"github.com/google/osv-scanner/v2/pkg/osvscanner"
	"github.com/ossf/osv-schema/bindings/go/osvschema"

	"figment/internal/deep"
	"figment/internal/web"
)

// A run is one request being answered.
type run struct {
	q      deep.Request
	log    *collector
	tmp    string
	roots  []root
	client *http.Client
	ask    map[[2]string]bool // Online: ecosystem and name
	net    *transport
}

// A root is a path of the request.
type root struct{ given, abs string }

// scan answers q. An error means that nothing is known.
func scan(q deep.Request, log io.Writer) (deep.Answer, error) {
	tmp, err := os.MkdirTemp("", "figment-osv-")
	if err != nil {
		return deep.Answer{}, err
	}
	defer os.RemoveAll(tmp)
	r := &run{q: q, tmp: tmp}
	r.log = &collector{log: log, place: r.place}
	r.log.install()
	for _, p := range q.Paths {
		abs, err := filepath.Abs(p)
		if err == nil {
			_, err = os.Stat(abs)
		}
		if err != nil {
			r.log.add(deep.Problem{Path: p, Text: "cannot be read"})
			continue
		}
		r.roots = append(r.roots, root{p, abs})
	}
	r.net = &transport{refuse: q.Mode != deep.Online}
	if q.Mode == deep.Online {
		base, err := url.Parse(q.OSVURL)
		if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
			return deep.Answer{}, errors.New("the root of the OSV service is no URL")
		}
		r.net.base, r.net.out = base, web.Plain()
		r.ask = map[[2]string]bool{}
		for _, p := range q.Ask {
			r.ask[[2]string{p.Ecosystem, p.Name}] = true
		}
		r.net.may = r.mayAsk
	}
	r.client = &http.Client{Transport: r.net, Timeout: requestTimeout}
	if len(r.roots) == 0 {
		return r.finish(deep.Answer{Empty: true}), nil
	}
	return r.scan()
}

// scan lists the packages first: which databases are needed, and whether there
// is anything to match, is known only then.
func (r *run) scan() (deep.Answer, error) {
	found, err := r.doScan(osvscanner.ScannerActions{}, true)
	if errors.Is(err, osvscanner.ErrNoPackagesFound) {
		return r.finish(deep.Answer{Empty: true}), nil
	}
	if err != nil {
		return deep.Answer{}, err
	}
	var a deep.Answer
	switch r.q.Mode {
	case deep.Offline:
		o := r.overlay(ecosystems(found))
		a.Databases = o.databases
		if found, err = r.doScan(osvscanner.ScannerActions{LocalDBPath: o.dir}, false); err != nil {
			return deep.Answer{}, err
		}
		r.collect(&a, found, func(p models.PackageInfo) deep.Why {
			if !o.usable[baseEcosystem(p)] {
				return deep.NoDatabase
			}
			return ""
		})
	case deep.Online:
		before := len(r.log.all())
		if found, err = r.doScan(osvscanner.ScannerActions{}, false); err != nil {
			return deep.Answer{}, err
		}
		// One request that fails ends the matching of everything.
		failed := len(r.log.all()) > before
		r.collect(&a, found, func(p models.PackageInfo) deep.Why {
			switch {
			case !r.mayAsk(p.Ecosystem, p.Name):
				return deep.Withheld
			case failed || !r.net.asked(p.Ecosystem, p.Name, p.Version):
				return deep.NotAsked
			}
			return ""
		})
	default:
		r.collect(&a, found, func(models.PackageInfo) deep.Why { return deep.Listed })
	}
	return r.finish(a), nil
}

func (r *run) finish(a deep.Answer) deep.Answer {
	a.Problems = r.log.all()
	a.Sort()
	return a
}

// doScan runs osv-scanner. Whether vulnerabilities were found is no error here.
func (r *run) doScan(a osvscanner.ScannerActions, listOnly bool) (found models.VulnerabilityResults, err error) {
	a, err = r.actions(a, listOnly)
	if err != nil {
		return models.VulnerabilityResults{}, err
	}
	defer func() {
		if v := recover(); v != nil {
			found, err = models.VulnerabilityResults{}, fmt.Errorf("osv-scanner panicked: %v", v)
		}
	}()
	found, err = osvscanner.DoScan(a)
	return found, r.judge(err)
}

// judge sorts the errors of DoScan: that it found something is a result, that
// the service failed makes the answer incomplete, that there are no packages and
// everything else is passed on.
func (r *run) judge(err error) error {
	switch {
	case err == nil, errors.Is(err, osvscanner.ErrVulnerabilitiesFound):
		return nil
	case errors.Is(err, osvscanner.ErrAPIFailed):
		r.log.add(deep.Problem{Text: "osv-scanner: " + err.Error()})
		return nil
	}
	return err
}

// actions fills in what every scan has.
func (r *run) actions(a osvscanner.ScannerActions, listOnly bool) (osvscanner.ScannerActions, error) {
	// A configuration in the scanned project must hide nothing: an empty one
	// overrides them all. figment applies suppressions itself, where they show.
	config := filepath.Join(r.tmp, "osv-scanner.toml")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		return a, err
	}
	a.ConfigOverridePath = config
	for _, root := range r.roots {
		a.DirectoryPaths = append(a.DirectoryPaths, root.abs) // a file is fine there, too
	}
	a.Recursive, a.NoIgnore = r.q.Recursive, r.q.NoGitignore
	for _, d := range r.q.SkipDirs {
		a.ExcludePatterns = append(a.ExcludePatterns, ":"+d)
	}
	a.ShowAllPackages, a.ShowAllVulns = true, true
	a.HTTPClient, a.RequestUserAgent = r.client, "figment-osv/"+version
	// It would ask deps.dev and Maven Central about what stands in manifests.
	a.TransitiveScanning.Disabled = true
	// Hashes of vendored files go nowhere, and packages of the operating system
	// are not the project's.
	a.PluginsDisabled = append(a.PluginsDisabled, "filesystem/vendored", "vcs/gitrepo", "os/apk", "os/dpkg")
	if r.q.Mode != deep.Online {
		// Both or neither: with the first alone the matcher is switched off for
		// want of an offline environment, and the scan succeeds without it.
		a.CompareOffline, a.PluginNetworkDisabled = true, true
	}
	if listOnly {
		a.PluginsDisabled = append(a.PluginsDisabled, "vulnmatch/osvlocal", "vulnmatch/osvdev")
	}
	return a, nil
}

// mayAsk reports whether the service may hear of a package, in OSV's words.
func (r *run) mayAsk(osvEcosystem, name string) bool {
	base, _, _ := strings.Cut(osvEcosystem, ":")
	return r.ask[[2]string{purlType(base, nil), name}]
}

// ecosystems gives OSV's words for what was found, and whether a package of it
// can be matched.
func ecosystems(found models.VulnerabilityResults) map[string]bool {
	out := map[string]bool{"GIT": false} // for whatever has a commit and no ecosystem
	for _, s := range found.Results {
		for _, p := range s.Packages {
			if e := baseEcosystem(p.Package); e != "" {
				out[e] = out[e] || why(p.Package) == ""
			}
		}
	}
	return out
}

func baseEcosystem(p models.PackageInfo) string {
	base, _, _ := strings.Cut(p.Ecosystem, ":")
	return base
}

// collect sorts what was found into packages that were matched and such that
// were not; unmatched gives the reason for one that could have been.
func (r *run) collect(a *deep.Answer, found models.VulnerabilityResults, unmatched func(models.PackageInfo) deep.Why) {
	for _, s := range found.Results {
		for _, p := range s.Packages {
			file, inside := r.where(s.Source.Path, p.Package.Inventory)
			if !inside {
				// "-r ../../somebody/else.txt" in a requirements file.
				r.log.add(deep.Problem{Path: file, Text: "includes a file outside of what is scanned: left out"})
				continue
			}
			base := baseEcosystem(p.Package)
			n := deep.NotCovered{
				Ecosystem: purlType(base, p.Package.Inventory), Name: p.Package.Name, Version: p.Package.Version,
				Path: file, Why: why(p.Package),
			}
			if n.Why == "" {
				n.Why = unmatched(p.Package)
			}
			if n.Why != "" {
				a.NotCovered = append(a.NotCovered, n)
				continue
			}
			d := deep.Package{Ecosystem: n.Ecosystem, Name: n.Name, Version: n.Version, Path: file}
			for _, v := range p.Vulnerabilities {
				if v.GetWithdrawn() == nil && v.GetId() != "" {
					d.Advisories = append(d.Advisories, advisory(v, p, base))
				}
			}
			a.Packages = append(a.Packages, d)
		}
	}
}

// why says why osv-scanner matches a package with nothing; empty if it does.
func why(p models.PackageInfo) deep.Why {
	if inv := p.Inventory; inv != nil {
		if m, ok := inv.Metadata.(*requirements.Metadata); ok && m.VersionComparator != "" && m.VersionComparator != "==" && m.VersionComparator != "===" {
			return deep.Range // the lowest version of "x>=1" is not what is installed
		}
		if p.Ecosystem != "" && inv.Ecosystem().GetValidity() != nil {
			return deep.NoEcosystem
		}
	}
	switch {
	case p.Version == "" && p.Commit != "", p.Ecosystem == "GIT",
		p.Commit != "" && len(p.Commit) < 40: // skipped there, version or not
		return deep.Commit
	case p.Version == "":
		return deep.NoVersion
	case p.Ecosystem == "", p.Name == "", p.Ecosystem == "Maven" && p.Name == "unknown":
		return deep.NoEcosystem
	}
	return ""
}

// purlType is figment's word for an ecosystem.
func purlType(osv string, p *extractor.Package) string {
	switch osv {
	case "npm", "PyPI", "Maven", "NuGet", "Pub", "Hex", "CRAN", "Hackage":
		return strings.ToLower(osv)
	case "Go":
		return "golang"
	case "crates.io":
		return "cargo"
	case "RubyGems":
		return "gem"
	case "Packagist":
		return "composer"
	case "SwiftURL":
		return "swift"
	case "ConanCenter":
		return "conan"
	case "GitHub Actions":
		return "githubactions"
	}
	if p != nil && p.PURLType != "" {
		return p.PURLType
	}
	return strings.ToLower(osv)
}

// where says where a package stands, and whether all of that is inside of what
// was asked for.
func (r *run) where(source string, p *extractor.Package) (file string, inside bool) {
	file, inside = r.place(filepath.FromSlash(source))
	if p == nil {
		return file, inside
	}
	for _, l := range p.Location.Related {
		if l.File == nil || l.File.Path == "" {
			continue
		}
		abs := filepath.FromSlash(l.File.Path)
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(scanRoot(p), abs)
		}
		if _, ok := r.place(abs); !ok {
			inside = false
		}
	}
	return file, inside
}

func scanRoot(p *extractor.Package) string {
	if p.ScanRoot != "" {
		return p.ScanRoot
	}
	return string(filepath.Separator)
}

// place spells an absolute path the way the request spells its paths.
func (r *run) place(abs string) (string, bool) {
	for _, root := range r.roots {
		rel, err := filepath.Rel(root.abs, abs)
		if err == nil && filepath.IsLocal(rel) {
			return path.Join(filepath.ToSlash(root.given), filepath.ToSlash(rel)), true
		}
	}
	return filepath.ToSlash(abs), false
}

const maxSummary = 500

// advisory says what v says about the package.
func advisory(v *osvschema.Vulnerability, p models.PackageVulns, ecosystem string) deep.Advisory {
	id := v.GetId()
	a := deep.Advisory{
		ID: id, Aliases: v.GetAliases(), Summary: v.GetSummary(),
		URL:       "https://osv.dev/vulnerability/" + url.PathEscape(id),
		Malicious: strings.HasPrefix(id, "MAL-"),
	}
	if len(a.Summary) > maxSummary {
		a.Summary = strings.ToValidUTF8(a.Summary[:maxSummary], "") + "…"
	}
	for _, g := range p.Groups {
		if slices.Contains(g.IDs, id) {
			a.Score, _ = strconv.ParseFloat(g.MaxSeverity, 64)
		}
	}
	a.Severity = severity(v, a.Score)
	a.EveryVersion = true
	matched := false
	for _, affected := range v.GetAffected() {
		base, _, _ := strings.Cut(affected.GetPackage().GetEcosystem(), ":")
		if base != ecosystem || !sameName(ecosystem, affected.GetPackage().GetName(), p.Package.Name) {
			continue
		}
		matched = true
		if len(affected.GetVersions()) > 0 {
			a.EveryVersion = false
		}
		for _, r := range affected.GetRanges() {
			if r.GetType() == osvschema.Range_GIT {
				continue
			}
			for _, e := range r.GetEvents() {
				if f := e.GetFixed(); f != "" && !slices.Contains(a.Fixed, f) {
					a.Fixed = append(a.Fixed, f)
				}
				if e.GetIntroduced() != "0" {
					a.EveryVersion = false
				}
			}
		}
	}
	a.EveryVersion = a.EveryVersion && matched
	return a
}

// severity takes the database's own word, or the band of the CVSS score.
func severity(v *osvschema.Vulnerability, score float64) string {
	switch strings.ToLower(v.GetDatabaseSpecific().GetFields()["severity"].GetStringValue()) {
	case "low":
		return "low"
	case "moderate", "medium":
		return "medium"
	case "high":
		return "high"
	case "critical":
		return "critical"
	}
	switch {
	case score >= 9:
		return "critical"
	case score >= 7:
		return "high"
	case score >= 4:
		return "medium"
	case score > 0:
		return "low"
	}
	return ""
}

func sameName(ecosystem, a, b string) bool {
	if ecosystem == "PyPI" {
		fold := strings.NewReplacer("_", "-", ".", "-")
		return strings.EqualFold(fold.Replace(a), fold.Replace(b))
	}
	return a == b
}
