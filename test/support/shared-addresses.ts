/** Environment variables by which the test runner passes the addresses of what all test files share. */
export const SHARED = {
  database: 'STET_TEST_DATABASE_URL',
  redis: 'STET_TEST_REDIS_URL',
  browser: 'STET_TEST_BROWSER_URL',
} as const;
