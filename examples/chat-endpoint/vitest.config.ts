import { cassette } from 'vitest-cassette/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [cassette()] })
