#include <linux/mm.h>

void page_reporting_process(struct page *page)
{
	free_page(page);
}
