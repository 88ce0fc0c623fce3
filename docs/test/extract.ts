// Writes the samples to .samples/, for the type checker.
import { readSamples, writeSamples } from './samples.ts'

writeSamples(readSamples())
