package ecosystem

import "deps.dev/util/semver"

// System is how the ecosystem orders versions and reads constraints. Pub and Hex
// follow semver.org, as anything unknown is taken to.
func (e Ecosystem) System() semver.System {
	switch e {
	case NPM:
		return semver.NPM
	case PyPI:
		return semver.PyPI
	case Golang:
		return semver.Go
	case Cargo:
		return semver.Cargo
	case Gem:
		return semver.RubyGems
	case Maven:
		return semver.Maven
	case NuGet:
		return semver.NuGet
	case Composer:
		return semver.Composer
	}
	return semver.DefaultSystem
}
