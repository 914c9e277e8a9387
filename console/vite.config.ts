import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { endpointTable } from './endpoint-table.ts'

/** The server that `npm start` runs; the console is developed in front of it. */
const server = 'http://127.0.0.1:7700'

export default defineConfig({
  plugins: [react(), endpointTable()],
  server: { proxy: Object.fromEntries(['/api', '/v1', '/sdk', '/demo', '/standin'].map((path) => [path, server])) },
  build: {
    outDir: 'dist',
    target: 'es2023',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What changes together is cached together; what only one page draws with is loaded by that page.
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/, priority: 30 },
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 20 },
            { name: 'xyflow', test: /node_modules[\\/](@xyflow|d3-[a-z]+)[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
})
