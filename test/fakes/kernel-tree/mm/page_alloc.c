#include <linux/mm.h>

void free_page(struct page *page)
{
	page->flags = 0;
}
