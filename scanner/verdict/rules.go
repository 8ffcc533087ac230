package verdict

// A Rule is a kind of thing that can be wrong. Ids read well after "allow" and
// are never reused.
type Rule struct {
	ID               string
	Name             string // SARIF's PascalCase name
	Severity         Severity
	ByScore          bool   // Severity is decided by points
	SecuritySeverity string // SARIF security-severity, 0.1–10.0
	Precision        string // SARIF: very-high, high, medium, low
	Short            string // under 100 characters, with a full stop
	AboutName        bool   // an [[allow]] entry silences it
	AboutVersion     bool   // the fingerprint includes the version
}

// Rules is the table of rules, in the order in which reports list them.
var Rules = []Rule{
	{ID: "nonexistent-package", Name: "NonexistentPackage", Severity: Error, SecuritySeverity: "8.6", Precision: "very-high", AboutName: true,
		Short: "The registry has no package of this name."},
	{ID: "nonexistent-version", Name: "NonexistentVersion", Severity: Error, SecuritySeverity: "5.5", Precision: "very-high", AboutVersion: true,
		Short: "The package exists, but no published version satisfies the constraint."},
	{ID: "removed-package", Name: "RemovedPackage", Severity: Error, SecuritySeverity: "8.2", Precision: "high",
		Short: "The package was unpublished, quarantined or replaced by a security holder."},
	{ID: "malicious-package", Name: "MaliciousPackage", Severity: Error, SecuritySeverity: "9.8", Precision: "very-high",
		Short: "An OSV record says that the package is malware."},
	{ID: "registered-after-reference", Name: "RegisteredAfterReference", Severity: Error, SecuritySeverity: "8.4", Precision: "high", AboutName: true,
		Short: "The package was first published after this reference was written."},
	{ID: "invalid-name", Name: "InvalidName", Severity: Error, SecuritySeverity: "8.0", Precision: "very-high",
		Short: "No package of this name can exist on the registry."},
	{ID: "typosquat", Name: "TyposquattedName", ByScore: true, Severity: Warning, SecuritySeverity: "8.1", Precision: "high", AboutName: true,
		Short: "The name is close to a popular one and is not established itself."},
	{ID: "conflation", Name: "ConflatedName", ByScore: true, Severity: Warning, SecuritySeverity: "7.0", Precision: "medium", AboutName: true,
		Short: "The name joins two popular names and is not established itself."},
	{ID: "scope-confusion", Name: "ScopeConfusion", ByScore: true, Severity: Warning, SecuritySeverity: "7.5", Precision: "medium", AboutName: true,
		Short: "The scope of a popular package was dropped, swapped or faked."},
	{ID: "name-trap", Name: "NameTrap", Severity: Warning, SecuritySeverity: "7.0", Precision: "high", AboutName: true,
		Short: "The package exists but is not the one that the import means."},
	{ID: "standard-library-name", Name: "StandardLibraryName", Severity: Warning, SecuritySeverity: "6.0", Precision: "high", AboutName: true,
		Short: "The package is named like a module of the standard library."},
	{ID: "young-package", Name: "YoungPackage", Severity: Warning, SecuritySeverity: "5.0", Precision: "high", AboutName: true,
		Short: "The package was first published a few days ago and is hardly used."},
	{ID: "unresolved-import", Name: "UnresolvedImport", Severity: Warning, SecuritySeverity: "4.5", Precision: "medium", AboutName: true,
		Short: "The import is not declared, and no known package provides it."},
	{ID: "claimable-private-name", Name: "ClaimablePrivateName", Severity: Warning, SecuritySeverity: "7.5", Precision: "medium", AboutName: true,
		Short: "A private name is free, or somebody else's, on the public registry."},
	{ID: "undeclared-import", Name: "UndeclaredImport", Severity: Note, SecuritySeverity: "2.0", Precision: "high", AboutName: true,
		Short: "The import is provided by a known package that no manifest declares."},
	{ID: "vulnerable-package", Name: "VulnerablePackage", Severity: Note, SecuritySeverity: "5.0", Precision: "high",
		Short: "An OSV advisory covers the version."},
	{ID: "deprecated-package", Name: "DeprecatedPackage", Severity: Note, SecuritySeverity: "1.0", Precision: "high",
		Short: "The package is deprecated, archived, or pinned to a yanked version."},
	{ID: "unused-ignore", Name: "UnusedIgnore", Severity: Note, SecuritySeverity: "0.1", Precision: "very-high",
		Short: "An ignore or allow entry matched nothing, or has expired."},
}

// FindRule gives the rule called id, or nil.
func FindRule(id string) *Rule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	return nil
}
