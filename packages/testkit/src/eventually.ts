/** Waits until `check` stops throwing and returns its value; after `timeout` milliseconds its last failure is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, timeout = 5000): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
