//go:build !race

package tui

const raceFactor = 1
