import ArgumentParser

@main
struct Hallpass: ParsableCommand {}
